import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTestFiles } from './test-files.ts'

/**
 * `npm run check`: types, lint, format and the fast tests, in under a minute. `npm run format` is the
 * same file with `--format`: it rewrites what the formatter would change and stops.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function runTool(name: string, args: readonly string[]): Promise<boolean> {
  const binary = join(root, 'node_modules', '.bin', name)
  const shell = process.platform === 'win32'
  const child = spawn(binary, args, { cwd: root, stdio: 'inherit', shell })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} ${args.join(' ')}\n`)
  return code === 0
}

const sourceChecks: readonly (readonly [tool: string, ...args: readonly string[]])[] = [
  ['tsc', '-p', '.'],
  ['oxlint', '--type-aware', '--deny-warnings', '--quiet'],
  ['oxfmt', '--check'],
]

/** Types, lint and format: the commands that were not content, none when all is well. */
export async function checkSource(): Promise<readonly string[]> {
  const failed: string[] = []
  for (const [tool, ...args] of sourceChecks) {
    // One after the other: each uses every core.
    if (!(await runTool(tool, args))) failed.push([tool, ...args].join(' '))
  }
  return failed
}

async function main(): Promise<void> {
  if (process.argv.includes('--format')) {
    process.exitCode = (await runTool('oxfmt', [])) ? 0 : 1
    return
  }
  const failedChecks = await checkSource()
  const tests = await runTestFiles({ tier: 'fast', root })
  process.exitCode = failedChecks.length + tests.failed === 0 ? 0 : 1
  for (const check of failedChecks) process.stdout.write(`FAILED ${check}\n`)
}

if (import.meta.main) await main()
