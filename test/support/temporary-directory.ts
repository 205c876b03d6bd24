import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A new directory that goes away, with everything in it, when the test ends. */
export function temporaryDirectory(t: Pick<TestContext, 'after'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
  t.after(() => remove(directory))
  return directory
}

/** Unpacked code is in folders that nobody but root can delete from. */
function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true })
  } catch {
    const folders = readdirSync(directory, { recursive: true, withFileTypes: true })
    for (const { parentPath } of folders) chmodSync(parentPath, 0o700)
    rmSync(directory, { recursive: true, force: true })
  }
}
