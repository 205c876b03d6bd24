import { parseArgs } from 'node:util'
import { startGateway } from '../support/running-gateway.ts'
import { fuzzBodies } from './body-validator.ts'
import { fuzzJsonPaths } from './json-path.ts'
import { fuzzRawHttp } from './raw-http.ts'
import { publishFuzzTarget } from './target.ts'
import { fuzzTemplates } from './templates.ts'
import { fuzzUpstreamResponses } from './upstream-response.ts'

/** `npm run fuzz`: what `npm test` does with ten thousand cases, with a million. */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})

await using gateway = await startGateway({ arguments: ['--memory'] })
const target = await publishFuzzTarget(gateway)
const seed = Number(values.seed)
process.stdout.write(`raw HTTP: ${values.cases} cases, seed ${seed}\n`)
const startedAt = performance.now()
const report = await fuzzRawHttp({ port: target.port, cases: Number(values.cases), seed })
await target.assertUnharmed()
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
process.stdout.write(
  `${report.answered} answered, ${report.closed} closed, ${report.hanging.length} hanging, ${seconds} s\n`,
)
for (const text of report.hanging) process.stdout.write(`${JSON.stringify(text)}\n`)
process.exitCode = report.hanging.length === 0 ? 0 : 1

process.stdout.write(`responses of upstreams: ${values.cases} cases, seed ${seed}\n`)
const responses = await fuzzUpstreamResponses({ cases: Number(values.cases), seed })
process.stdout.write(
  `${responses.accepted} accepted, ${responses.refused} refused, ${responses.disagreements.length} understood otherwise by Node\n`,
)
for (const one of responses.disagreements) process.stdout.write(`${JSON.stringify(one)}\n`)
if (responses.disagreements.length > 0) process.exitCode = 1

process.stdout.write(`templates: ${values.cases} cases, seed ${seed}\n`)
const templates = fuzzTemplates({ cases: Number(values.cases), seed })
process.stdout.write(
  `${templates.rendered} rendered, ${templates.refused} refused, ${templates.broken.length} broken, slowest ${templates.slowestMs.toFixed(0)} ms\n`,
)
for (const one of templates.broken) process.stdout.write(`${JSON.stringify(one)}\n`)
if (templates.broken.length > 0) process.exitCode = 1

process.stdout.write(`paths: ${values.cases} cases, seed ${seed}\n`)
const paths = fuzzJsonPaths({ cases: Number(values.cases), seed })
process.stdout.write(
  `${paths.found} found, ${paths.notFound} not, ${paths.failed} failed, ${paths.refused} refused, slowest ${paths.slowest.milliseconds.toFixed(0)} ms\n`,
)

process.stdout.write(`bodies: ${values.cases} cases, seed ${seed}\n`)
const bodies = fuzzBodies({ cases: Number(values.cases), seed })
process.stdout.write(
  `${bodies.valid} valid, ${bodies.invalid} invalid, ${bodies.unusable} unusable, slowest ${bodies.slowest.milliseconds.toFixed(0)} ms\n`,
)
