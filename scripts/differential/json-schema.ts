import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileBodyValidator } from '../../src/engines/body-validator/body-validator.ts'
import { seededNumbers } from '../record-java-regex.ts'
import { generateSchemaCases, type SchemaCase } from './generate-json-schema.ts'
import { askSchemaValidator, hasMaven } from './json-schema-judge.ts'

/** A recorded case: schema, instance, and the messages; null: the schema cannot be run. */
export type RecordedSchemaCase = readonly [...SchemaCase, messages: readonly string[] | null]

const directory = fileURLToPath(new URL('../../test/cases/json-schema/', import.meta.url))

/** Recorded cases that the generator made, besides those by hand. */
const generatedCount = 600

/** What our own validator says: as the judge. */
export function validateHere([schema, instance]: SchemaCase): readonly string[] | null {
  const compiled = compileBodyValidator(schema, () => undefined)
  if (compiled.outcome === 'unusable') return null
  const verdict = compiled.validator.validate(instance)
  if (verdict.outcome === 'valid') return []
  return verdict.outcome === 'invalid' ? verdict.messages : null
}

/** Asks the judge anew for every recorded case, and writes what it says. */
function record(): void {
  for (const file of globSync('*.json', { cwd: directory }).toSorted()) {
    const path = join(directory, file)
    const rows = JSON.parse(readFileSync(path, 'utf8')) as readonly RecordedSchemaCase[]
    write(
      path,
      rows.map(([schema, instance]) => [schema, instance]),
    )
  }
  write(join(directory, 'generated.json'), generateSchemaCases(generatedCount, seededNumbers(2214)))
}

function write(path: string, cases: readonly SchemaCase[]): void {
  const verdicts = askSchemaValidator(cases)
  const rows = cases.map((one, index) => [...one, verdicts[index] ?? null])
  writeFileSync(path, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
  process.stdout.write(`${path}: ${rows.length} cases\n`)
}

/** Records anew, then compares generated schemas here and there; gives how many differ. */
export function runJsonSchemaDifferential(options: {
  readonly count: number
  readonly seed: number
}): number {
  if (!hasMaven()) {
    process.stdout.write('JSON Schema: Java and Maven are not installed, nothing is compared\n')
    return 1
  }
  record()
  const cases = generateSchemaCases(options.count, seededNumbers(options.seed))
  const verdicts = askSchemaValidator(cases)
  const different = cases.filter((one, index) => {
    const own = validateHere(one)
    const isSame = JSON.stringify(own) === JSON.stringify(verdicts[index] ?? null)
    if (!isSame) process.stdout.write(`${JSON.stringify({ one, judge: verdicts[index], own })}\n`)
    return !isSame
  })
  process.stdout.write(
    `JSON Schema: ${cases.length} generated cases, seed ${options.seed}: ${different.length} differ\n`,
  )
  return different.length
}
