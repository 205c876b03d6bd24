import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from './temporary-directory.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Path of a `stagedoor` that runs from source with this very Node; it goes away when the test ends. */
export function stagedoorCommand(t: Pick<TestContext, 'after'>): string {
  const path = join(temporaryDirectory(t), 'stagedoor')
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', main].map(quoted)
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 })
  return path
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
