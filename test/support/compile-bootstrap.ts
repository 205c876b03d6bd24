import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The C compiler; undefined where there is none. */
export const compiler = process.env['STAGEDOOR_TEST_CC']

const source = fileURLToPath(new URL('./custom-runtime/bootstrap.c', import.meta.url))

/** Compiles the custom runtime, static, as `bootstrap` in a folder; answers the program's path. */
export function compileBootstrap(folder: string, edition = 'none'): string {
  const program = join(folder, 'bootstrap')
  const flags = ['-O1', '-static', `-DEDITION="${edition}"`, '-o', program, source]
  const built = spawnSync(compiler ?? 'cc', flags, { encoding: 'utf8' })
  assert.equal(built.status, 0, built.stderr)
  return program
}
