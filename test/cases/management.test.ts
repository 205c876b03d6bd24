import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { builtOperations } from '../../src/control-plane/apigateway/service.ts'
import { testApiGateway } from '../support/api-gateway-context.ts'
import { runManagementCase } from '../support/management-case.ts'
import type { ManagementCase } from '../support/management-case.ts'

const folder = fileURLToPath(new URL('management', import.meta.url))

describe('management operations answer as recorded', () => {
  const paths = globSync('*.json', { cwd: folder }).toSorted()

  test('there are cases', () => {
    assert.ok(paths.length >= 40, `${paths.length} cases`)
  })

  for (const path of paths) {
    const golden: ManagementCase = JSON.parse(readFileSync(join(folder, path), 'utf8'))
    test(`${golden.operation}: ${basename(path, '.json')}`, async () => {
      assert.match(golden.provenance.kind, /^(Documented|Observed|Chosen)$/)
      assert.notEqual(golden.provenance.source, '')
      await runManagementCase(golden, builtOperations, testApiGateway().context)
    })
  }
})
