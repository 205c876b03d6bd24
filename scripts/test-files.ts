import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'

/**
 * `fast`: everything beside its source, the tidy rules and the golden cases: all files in one process.
 * `full`: what needs servers, other programs or minutes: a process per file.
 */
export type Tier = 'fast' | 'full'

const patterns: Record<Tier, readonly string[]> = {
  fast: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/*.test.ts', 'test/cases/**/*.test.ts'],
  full: ['test/conformance/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
}

export interface TestTotals {
  readonly passed: number
  readonly failed: number
  /** Name and reason of each. */
  readonly skipped: readonly string[]
}

/** Runs the test files of a tier (those whose path contains `filter`), prints failures, and counts. */
export async function runTestFiles(options: {
  readonly tier: Tier
  readonly root: string
  readonly filter?: string
}): Promise<TestTotals> {
  const { tier, root, filter = '' } = options
  const files = globSync([...patterns[tier]], { cwd: root })
    .filter((file) => file.includes(filter))
    .toSorted()
  if (files.length === 0) return { passed: 0, failed: 0, skipped: [] }
  const startedAt = performance.now()
  const totals = await collect(files, tier, root)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(
    `${totals.failed === 0 ? 'ok  ' : 'FAIL'} ${tier} tests: ${totals.passed} passed, ` +
      `${totals.failed} failed, ${totals.skipped.length} skipped ` +
      `in ${files.length} files, ${seconds} s\n`,
  )
  return totals
}

/** A file that does not end fails, and holds nobody up. The longest takes half a minute. */
const fileTimeoutMs = 240_000

async function collect(files: readonly string[], tier: Tier, root: string): Promise<TestTotals> {
  let passed = 0
  let failed = 0
  const skipped: string[] = []
  const events = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    ...(tier === 'fast'
      ? { isolation: 'none' as const }
      : { isolation: 'process' as const, concurrency: 2, timeout: fileTimeoutMs }),
  })
  for await (const event of events) {
    if (event.type === 'test:pass') {
      if (event.data.details.type === 'suite') continue
      const { skip } = event.data
      if (skip === undefined || skip === false) passed += 1
      else skipped.push(`${event.data.name}: ${skip === true ? 'no reason given' : skip}`)
    } else if (event.type === 'test:fail') {
      if (isEchoOfInnerFailure(event.data.details)) continue
      failed += 1
      printFailure(event.data, root)
    } else if (event.type === 'test:stderr' && tier === 'full') {
      process.stderr.write(event.data.message)
    } else if (event.type === 'test:diagnostic' && event.data.nesting > 0) {
      process.stdout.write(`     ${event.data.message}\n`)
    }
  }
  return { passed, failed, skipped }
}

/** A parent whose child failed fails too; the child has been counted and printed. */
function isEchoOfInnerFailure(details: { error: Error }): boolean {
  return 'failureType' in details.error && details.error.failureType === 'subtestsFailed'
}

function printFailure(
  test: { name: string; file?: string; line?: number; details: { error: Error } },
  root: string,
): void {
  const where = test.file === undefined ? '' : `${relative(root, test.file)}:${test.line ?? 0}`
  const { error } = test.details
  process.stdout.write(`\nnot ok: ${test.name}\n  ${where}\n`)
  process.stdout.write(`${inspect(error.cause ?? error).replace(/^/gm, '  ')}\n`)
}
