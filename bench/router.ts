/**
 * `node bench/router.ts`: what finding a method costs in a small and in a large API, and what expanding
 * an integration URI costs beside it. Small and large take turns in short bursts, so that a noisy machine
 * is equally noisy to both, and the median of the bursts' ratios counts.
 */
import { buildResourceRouter, type ResourceRouter } from '../src/engines/resource-router.ts'
import { parseUriTemplate } from '../src/engines/uri-template.ts'

const burstsCount = 61
const burstOperations = 20_000

type Operation = (i: number) => unknown

/** Resources as people name them: `/group12/item34` and `/group12/item34/{id}/part`. */
function routerOf(resourceCount: number): ResourceRouter<number> {
  return buildResourceRouter(
    Array.from({ length: resourceCount }, (_, i) => ({
      path: pathOf(i, '{id}'),
      methodKey: 'GET' as const,
      value: i,
    })),
  )
}

function pathOf(i: number, id: string): string {
  return `/group${i % 97}/item${i}${i % 3 === 0 ? '' : `/${id}/part`}`
}

/** Nanoseconds an operation. */
function burst(operation: Operation): number {
  const startedAt = performance.now()
  for (let i = 0; i < burstOperations; i += 1) sink = operation(i)
  return ((performance.now() - startedAt) * 1e6) / burstOperations
}

let sink: unknown

function compare(name: string, small: Operation, large: Operation): void {
  for (let i = 0; i < 10; i += 1) {
    burst(small)
    burst(large)
  }
  const pairs = Array.from({ length: burstsCount }, () => [burst(small), burst(large)] as const)
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  const smallNs = median(pairs.map(([one]) => one))
  const largeNs = median(pairs.map(([, other]) => other))
  const ratio = median(pairs.map(([one, other]) => other / one))
  process.stdout.write(
    `${name.padEnd(44)} ${smallNs.toFixed(0).padStart(5)} ns ${largeNs.toFixed(0).padStart(5)} ns  ratio ${ratio.toFixed(2)}\n`,
  )
}

const [ten, many] = [routerOf(10), routerOf(10_000)]
// Ten requests in either case: the caches of the machine see as many paths, the routers as many resources.
const smallPaths = Array.from({ length: 10 }, (_, i) => pathOf(i, 'id-1'))
const largePaths = Array.from({ length: 10 }, (_, i) => pathOf(i * 997 + (i % 3), 'id-1'))
const allPaths = Array.from({ length: 10_000 }, (_, i) => pathOf(i, 'id-1'))

process.stdout.write(`${''.padEnd(44)}       10    10,000 resources\n`)
compare(
  'match, ten paths',
  (i) => ten.match('GET', smallPaths[i % 10] ?? ''),
  (i) => many.match('GET', largePaths[i % 10] ?? ''),
)
compare(
  'match, every path once in a while',
  (i) => ten.match('GET', smallPaths[i % 10] ?? ''),
  (i) => many.match('GET', allPaths[(i * 7919) % 10_000] ?? ''),
)
compare(
  'no match',
  (i) => ten.match('GET', `/group${i % 97}/none`),
  (i) => many.match('GET', `/group${i % 97}/none`),
)

const variables = { backend: 'backend.internal:8080' }
const parameters = new Map([['proxy', 'orders/42/lines']])
const fixed = parseUriTemplate('http://${stageVariables.backend}/v1/orders')
const greedy = parseUriTemplate('http://${stageVariables.backend}/v1/{proxy}')
process.stdout.write(`${''.padEnd(44)}  variable  with {proxy}\n`)
compare(
  'target of an integration URI',
  () => fixed.target(variables, parameters),
  () => greedy.target(variables, parameters),
)
void sink
