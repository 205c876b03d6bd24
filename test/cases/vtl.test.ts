import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { templateNames } from '../../scripts/differential/template-names.ts'
import { compileTemplate, fromJson, VtlError } from '../../src/engines/vtl/index.ts'

/** What Apache Velocity 1.7 rendered; without `output` it failed. `npm run test:differential` wrote it. */
interface Recorded {
  readonly template: string
  readonly output?: string
}

const directory = fileURLToPath(new URL('vtl', import.meta.url))
const files = globSync('*.json', { cwd: directory }).toSorted()

function casesOf(file: string): readonly Recorded[] {
  return JSON.parse(readFileSync(join(directory, file), 'utf8')) as readonly Recorded[]
}

function render(template: string): string | undefined {
  const names = JSON.parse(templateNames) as Record<string, never>
  const values = new Map(Object.entries(names).map(([name, value]) => [name, fromJson(value)]))
  try {
    return compileTemplate(template).render(values)
  } catch (error) {
    if (!(error instanceof VtlError)) throw error
    return undefined
  }
}

test('the corpus is large', () => {
  const count = files.reduce((sum, file) => sum + casesOf(file).length, 0)
  assert.ok(count >= 800, `${count}`)
})

for (const file of files) {
  test(`templates of ${file} render as Velocity does`, () => {
    for (const { template, output } of casesOf(file)) {
      assert.equal(render(template), output, JSON.stringify(template))
    }
  })
}
