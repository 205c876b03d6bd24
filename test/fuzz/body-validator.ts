import { generateSchemaCases } from '../../scripts/differential/generate-json-schema.ts'
import { mutate } from '../../scripts/differential/generate-template.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { compileBodyValidatorSteps } from '../../src/engines/body-validator/body-validator.ts'
import { inSteps, StallRecorder, type StallReport, type StepWatch } from './stalls.ts'

/** What broken bodies and schemas came to. */
export interface BodyFuzzReport extends StallReport {
  readonly valid: number
  readonly invalid: number
  /** Schemas that cannot be run, or not for this body. */
  readonly unusable: number
}

/**
 * Validates bodies, most of them broken, by schemas, some of them broken.
 *
 * @throws what the validator throws, which is nothing, with the case.
 */
export function fuzzBodies(options: {
  readonly cases: number
  readonly seed: number
}): BodyFuzzReport {
  const random = seededNumbers(options.seed)
  const counts = { valid: 0, invalid: 0, unusable: 0 }
  const recorder = new StallRecorder()
  for (let i = 0; i < options.cases; i += 1) {
    const [[sound, instance] = ['', '']] = generateSchemaCases(1, random)
    const schema = random(4) === 0 ? mutate(sound, random) : sound
    const body = repeat(random(2) === 0 ? mutate(instance, random) : instance, random)
    const name = () => JSON.stringify({ schema, body })
    try {
      counts[recorder.run(name, (watch) => outcomeOf(schema, body, watch))] += 1
    } catch (error) {
      throw new Error(`${name()} ends in ${String(error)}`, { cause: error })
    }
  }
  const { longestMs, stalls } = recorder
  return { ...counts, longestMs, stalls }
}

/** Now and then a piece of a body many times. */
function repeat(body: string, random: (below: number) => number): string {
  if (random(50) > 0) return body
  const from = random(body.length + 1)
  const piece = body.slice(from, from + 1 + random(6))
  return body.slice(0, from) + piece.repeat(random(5_000)) + body.slice(from)
}

function outcomeOf(
  schema: string,
  body: string,
  watch: StepWatch,
): 'valid' | 'invalid' | 'unusable' {
  const compiled = inSteps(
    watch,
    compileBodyValidatorSteps(schema, () => undefined),
  )
  if (compiled.outcome === 'unusable') return 'unusable'
  const { validator } = compiled
  const verdict = watch.step(() => validator.validateAtOnce(body)) ?? validator.validate(body)
  return verdict.outcome
}
