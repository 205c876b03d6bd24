import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Writes `dist/`: the compiled JavaScript that the published package runs. */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const shell = process.platform === 'win32'
const tsc = join(root, 'node_modules', '.bin', 'tsc')
const result = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit', shell })
if (result.status !== 0) process.exit(result.status ?? 1)
// What the compiler does not carry: service models, and the runtimes of functions.
for (const file of globSync('**/*.{json,mjs,py}', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', file), join(dist, file))
}
