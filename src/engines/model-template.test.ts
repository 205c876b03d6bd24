import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../base/json.ts'
import { findReferenced } from './model-schema.ts'
import { modelTemplate } from './model-template.ts'

const templateOf = (schema: JsonObject) =>
  modelTemplate(schema, (reference) => findReferenced(schema, reference))

describe('modelTemplate()', () => {
  test('shows a value of every type', () => {
    const types = ['string', 'integer', 'number', 'boolean', 'null', 'object']
    const properties = Object.fromEntries(types.map((type) => [type, { type }]))
    assert.equal(
      templateOf({ type: 'object', properties }),
      [
        "#set($inputRoot = $input.path('$'))",
        '{',
        '  "string" : "foo",',
        '  "integer" : 42,',
        '  "number" : 42,',
        '  "boolean" : true,',
        '  "null" : null,',
        '  "object" : { }',
        '}',
      ].join('\n'),
    )
  })

  test('ends for a schema that holds itself, and for a chain of references in a circle', () => {
    const tree = { properties: { child: { $ref: '#' }, other: { $ref: '#' } } }
    assert.ok(templateOf(tree).length < 2_000_000)
    assert.ok(
      templateOf({
        definitions: { a: { $ref: '#/definitions/a' } },
        $ref: '#/definitions/a',
      }).endsWith('{ }'),
    )
  })
})
