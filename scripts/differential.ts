import { parseArgs } from 'node:util'
import { runJsonPathDifferential } from './differential/json-path-differential.ts'
import { runJsonSchemaDifferential } from './differential/json-schema.ts'
import { runVtlDifferential } from './differential/vtl.ts'

/**
 * `npm run test:differential`: asks the engines that ours are held to for the recorded cases again, and
 * compares generated ones. What differs is printed, and ends the run with 1.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})

const options = { count: Number(values.cases), seed: Number(values.seed) }
const differences =
  runVtlDifferential(options) +
  (await runJsonPathDifferential(options)) +
  runJsonSchemaDifferential(options)
process.exitCode = differences === 0 ? 0 : 1
