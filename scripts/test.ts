import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkSource } from './check.ts'
import { installPrerequisites } from './prerequisites.ts'
import { runTestFiles, type TestTotals } from './test-files.ts'

/**
 * `npm test`: all that must hold. `npm test -- NAME` runs only the test files whose path contains NAME,
 * without the checks of the source. What a machine lacks is skipped loudly; with
 * `STAGEDOOR_TEST_SKIPS=fail` a skip is a failure.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<void> {
  const filter = process.argv.slice(2).find((argument) => !argument.startsWith('-'))
  const options = filter === undefined ? { root } : { root, filter }
  const missing = installPrerequisites()
  const failedChecks = filter === undefined ? await checkSource() : []
  const fast = await runTestFiles({ ...options, tier: 'fast' })
  const full = await runTestFiles({ ...options, tier: 'full' })
  if (filter !== undefined && fast.passed + full.passed + fast.failed + full.failed === 0) {
    process.stdout.write(`no test ran: is there a test file whose path contains ${filter}?\n`)
  }
  process.exitCode = report([fast, full], missing, failedChecks) ? 0 : 1
}

/** Says last, where a reader looks, everything that did not hold. True when all of it held. */
function report(
  tiers: readonly TestTotals[],
  missing: readonly string[],
  failedChecks: readonly string[],
): boolean {
  const sum = (count: (tier: TestTotals) => number) => tiers.reduce((all, t) => all + count(t), 0)
  const failed = sum((tier) => tier.failed)
  const passed = sum((tier) => tier.passed)
  const skipped = tiers.flatMap((tier) => tier.skipped)
  for (const reason of [...missing, ...skipped]) process.stdout.write(`SKIPPED ${reason}\n`)
  for (const check of failedChecks) process.stdout.write(`FAILED ${check}\n`)
  const all = failed + failedChecks.length
  process.stdout.write(`${passed} passed, ${all} failed, ${skipped.length} skipped\n`)
  const skipsFail = process.env['STAGEDOOR_TEST_SKIPS'] === 'fail'
  if (skipsFail && skipped.length > 0) process.stdout.write('a skip is a failure here\n')
  return all === 0 && passed > 0 && !(skipsFail && skipped.length > 0)
}

await main()
