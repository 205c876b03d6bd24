import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'

/** What is known of AWS, a row a fact, and the files that show that it holds here. */
interface Fact {
  readonly area: string
  /** Short and stable: unique in its area. */
  readonly name: string
  readonly statement: string
  /**
   * Golden cases by their path below test/cases without an ending, `*` for any name; or other tests by their
   * whole path from there.
   */
  readonly shown?: readonly string[]
  /** Why all of it, or the rest of it, does not hold yet. */
  readonly later?: string
}

const folder = fileURLToPath(new URL('cases/', import.meta.url))
const facts = JSON.parse(readFileSync(`${folder}facts.json`, 'utf8')) as readonly Fact[]

describe('facts.json', () => {
  test('says each fact once', () => {
    const names = facts.map(({ area, name }) => `${area}/${name}`)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
    for (const { statement } of facts) assert.ok(statement.length > 10, statement)
  })

  for (const { area, name, shown = [], later } of facts) {
    test(`${area}: ${name} is shown, or says why not`, () => {
      assert.ok(shown.length > 0 || later !== undefined, 'nothing shows it')
      if (later !== undefined) assert.ok(later.length > 20, later)
      for (const file of shown) assert.ok(filesOf(file).length > 0, `there is no ${file}`)
    })
  }
})

function filesOf(shown: string): readonly string[] {
  const pattern = /\.\w+$/.test(shown) ? shown : `${shown}.{json,http,txt}`
  return globSync(pattern, { cwd: folder })
}
