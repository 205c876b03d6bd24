import { generateSchemaCases } from '../../scripts/differential/generate-json-schema.ts'
import { mutate } from '../../scripts/differential/generate-template.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { compileBodyValidator } from '../../src/engines/body-validator/body-validator.ts'

/** What broken bodies and schemas came to. */
export interface BodyFuzzReport {
  readonly valid: number
  readonly invalid: number
  /** Schemas that cannot be run, or not for this body. */
  readonly unusable: number
  readonly slowest: { readonly schema: string; readonly milliseconds: number }
}

/** Longer than any of these small bodies may take, on whatever machine. */
const hangMilliseconds = 2_000

/**
 * Validates bodies, most of them broken, by schemas, some of them broken.
 *
 * @throws what the validator throws, which is nothing, and for a case that takes long: both name the case.
 */
export function fuzzBodies(options: {
  readonly cases: number
  readonly seed: number
}): BodyFuzzReport {
  const random = seededNumbers(options.seed)
  const counts = { valid: 0, invalid: 0, unusable: 0 }
  let slowest = { schema: '', milliseconds: 0 }
  for (let i = 0; i < options.cases; i += 1) {
    const [[sound, instance] = ['', '']] = generateSchemaCases(1, random)
    const schema = random(4) === 0 ? mutate(sound, random) : sound
    const body = repeat(random(2) === 0 ? mutate(instance, random) : instance, random)
    const startedAt = performance.now()
    try {
      counts[outcomeOf(schema, body)] += 1
    } catch (error) {
      throw new Error(`${JSON.stringify({ schema, body })} ends in ${String(error)}`, {
        cause: error,
      })
    }
    const milliseconds = performance.now() - startedAt
    if (milliseconds > slowest.milliseconds) slowest = { schema, milliseconds }
    if (milliseconds > hangMilliseconds)
      throw new Error(`${JSON.stringify({ schema, body })} hangs`)
  }
  return { ...counts, slowest }
}

/** Now and then a piece of a body many times. */
function repeat(body: string, random: (below: number) => number): string {
  if (random(50) > 0) return body
  const from = random(body.length + 1)
  const piece = body.slice(from, from + 1 + random(6))
  return body.slice(0, from) + piece.repeat(random(5_000)) + body.slice(from)
}

function outcomeOf(schema: string, body: string): 'valid' | 'invalid' | 'unusable' {
  const compiled = compileBodyValidator(schema, () => undefined)
  return compiled.outcome === 'unusable' ? 'unusable' : compiled.validator.validate(body).outcome
}
