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

/** Types, lint and format. True when all three are content. */
export async function checkSource(): Promise<boolean> {
  const results = [
    await runTool('tsc', ['-p', '.']),
    await runTool('oxlint', ['--type-aware', '--deny-warnings', '--quiet']),
    await runTool('oxfmt', ['--check']),
  ]
  return results.every(Boolean)
}

async function main(): Promise<void> {
  if (process.argv.includes('--format')) {
    process.exitCode = (await runTool('oxfmt', [])) ? 0 : 1
    return
  }
  const sourceOk = await checkSource()
  const tests = await runTestFiles({ tier: 'fast', root })
  process.exitCode = sourceOk && tests.failed === 0 ? 0 : 1
}

if (import.meta.main) await main()
