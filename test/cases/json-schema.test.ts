import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type RecordedSchemaCase, validateHere } from '../../scripts/differential/json-schema.ts'

// What json-schema-validator 2.2.14 said of each schema and instance. `npm run test:differential` wrote it.
const directory = fileURLToPath(new URL('json-schema', import.meta.url))
const files = globSync('*.json', { cwd: directory }).toSorted()

function casesOf(file: string): readonly RecordedSchemaCase[] {
  return JSON.parse(readFileSync(join(directory, file), 'utf8')) as readonly RecordedSchemaCase[]
}

test('the corpus is large', () => {
  const count = files.reduce((sum, file) => sum + casesOf(file).length, 0)
  assert.ok(count >= 1_000, `${count}`)
})

for (const file of files) {
  test(`${file}: bodies are judged in the words and the order of AWS's validator`, () => {
    for (const [schema, instance, messages] of casesOf(file)) {
      assert.deepEqual(validateHere([schema, instance]), messages, `${schema} ${instance}`)
    }
  })
}
