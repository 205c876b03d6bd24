import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sandboxesContract, type SandboxesUnderTest } from '../../../test/contracts/sandboxes.ts'
import { createRuntimes } from './runtimes.ts'
import { createSandboxes } from './sandboxes.ts'

const bootstrapDirectory = fileURLToPath(
  new URL('../../../test/support/scripted-runtime', import.meta.url),
)

function open(): SandboxesUnderTest {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
  const warnings: unknown[] = []
  const sandboxes = createSandboxes({
    runtimes: createRuntimes({ configured: new Map(), searchPath: '' }),
    codeDirectoryOf: async () => ({ taskRoot: directory }),
    bootstrapDirectory,
    initMsMax: 300,
    runParent: directory,
    log: {
      info: () => assert.fail('nothing is worth telling'),
      warn: (event, fields) => void warnings.push({ event, fields }),
      error: () => assert.fail('nothing is an error'),
    },
  })
  return {
    sandboxes,
    async close() {
      await sandboxes.close()
      rmSync(directory, { recursive: true, force: true })
      assert.deepEqual(warnings, [])
    },
  }
}

sandboxesContract('the sandboxes of child processes', open)
