import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { parseArgs } from 'node:util'
import { startGateway } from '../support/running-gateway.ts'
import { fuzzRawHttp } from './raw-http.ts'
import { stallMsMax } from './stalls.ts'
import { type FuzzPart, type FuzzResult, suites, type SuiteName } from './suites.ts'
import { publishFuzzTarget } from './target.ts'

/**
 * `npm run fuzz`: what `npm test` does with ten thousand cases, with a million of each suite, on all cores, and
 * with an eye on time: no step may hold an event loop for more than 50 ms.
 *
 *   npm run fuzz -- --cases 100000 --seed 7 --only templates,bodies
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
})
const cases = Number(values.cases)
const seed = Number(values.seed)
const isWanted = (name: string) => values.only === '' || values.only.split(',').includes(name)
const casesPerPart = 20_000

for (const name of Object.keys(suites).filter(isWanted)) await runSuite(name as SuiteName)
if (isWanted('raw HTTP')) await runRawHttp()

async function runSuite(suite: SuiteName): Promise<void> {
  const startedAt = performance.now()
  process.stdout.write(`${suite}: ${cases} cases, seed ${seed}\n`)
  const result = merged(await runParts(partsOf(suite)))
  const counts = Object.entries(result.counts).map(([name, count]) => `${count} ${name}`)
  const longest = `longest step ${result.longestMs.toFixed(0)} ms`
  const stalls = `${result.stalls.length} stalls of more than ${stallMsMax} ms`
  const seconds = `${((performance.now() - startedAt) / 1000).toFixed(0)} s`
  const broken = `${result.broken.length} broken`
  process.stdout.write(`  ${[...counts, broken, stalls, longest, seconds].join(', ')}\n`)
  for (const one of result.broken) process.stdout.write(`  broken: ${one}\n`)
  for (const stall of result.stalls) {
    process.stdout.write(`  ${stall.milliseconds.toFixed(0)} ms: ${stall.case}\n`)
  }
  if (result.broken.length + result.stalls.length > 0) process.exitCode = 1
}

/** Every part has a seed of its own. */
function partsOf(suite: SuiteName): FuzzPart[] {
  const count = Math.ceil(cases / casesPerPart)
  return Array.from({ length: count }, (_, i) => ({
    suite,
    cases: Math.min(casesPerPart, cases - i * casesPerPart),
    seed: seed + i,
  }))
}

async function runParts(parts: FuzzPart[]): Promise<FuzzResult[]> {
  const results: FuzzResult[] = []
  const runThread = async () => {
    const thread = new Worker(new URL('./thread.ts', import.meta.url))
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      results.push(await runPart(thread, part))
    }
    await thread.terminate()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, runThread))
  return results
}

function runPart(thread: Worker, part: FuzzPart): Promise<FuzzResult> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(new Error(`${part.suite}, seed ${part.seed}: ${String(error)}`))
    thread.once('error', fail)
    thread.once('message', (result: FuzzResult) => {
      thread.off('error', fail)
      resolve(result)
    })
    thread.postMessage(part)
  })
}

function merged(results: readonly FuzzResult[]): FuzzResult {
  const counts: Record<string, number> = {}
  for (const result of results) {
    for (const [name, count] of Object.entries(result.counts)) {
      counts[name] = (counts[name] ?? 0) + count
    }
  }
  return {
    counts,
    longestMs: Math.max(0, ...results.map(({ longestMs }) => longestMs)),
    stalls: results.flatMap(({ stalls }) => stalls),
    broken: results.flatMap(({ broken }) => broken),
  }
}

async function runRawHttp(): Promise<void> {
  await using gateway = await startGateway({ arguments: ['--memory'] })
  const target = await publishFuzzTarget(gateway)
  process.stdout.write(`raw HTTP: ${cases} cases, seed ${seed}\n`)
  const startedAt = performance.now()
  const report = await fuzzRawHttp({ port: target.port, cases, seed })
  await target.assertUnharmed()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  process.stdout.write(
    `  ${report.answered} answered, ${report.closed} closed, ${report.hanging.length} hanging, ${seconds} s\n`,
  )
  for (const text of report.hanging) process.stdout.write(`${JSON.stringify(text)}\n`)
  if (report.hanging.length > 0) process.exitCode = 1
}
