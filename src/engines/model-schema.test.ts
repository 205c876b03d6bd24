import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findReferenced, readModelSchema } from './model-schema.ts'

const read = (schema: unknown) => readModelSchema(JSON.stringify(schema))

describe('readModelSchema()', () => {
  const valid: readonly [name: string, schema: object][] = [
    ['nothing', {}],
    ['a type', { type: 'object' }],
    ['several types', { type: ['string', 'null'] }],
    [
      'every keyword',
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        id: 'x',
        title: 't',
        description: 'd',
        default: { any: [1] },
        multipleOf: 0.5,
        maximum: 1,
        exclusiveMaximum: true,
        minimum: -1,
        exclusiveMinimum: false,
        maxLength: 1,
        minLength: 0,
        pattern: '^a+$',
        additionalItems: { type: 'null' },
        items: [{ type: 'string' }, {}],
        maxItems: 2,
        minItems: 1,
        uniqueItems: true,
        maxProperties: 3,
        minProperties: 0,
        required: ['a'],
        additionalProperties: false,
        definitions: { a: { type: 'array' } },
        properties: { a: { $ref: '#/definitions/a' } },
        patternProperties: { '^x': {} },
        dependencies: { a: ['b'], b: { type: 'object' } },
        enum: [1, '1', null],
        type: 'integer',
        format: 'email',
        allOf: [{}],
        anyOf: [{}],
        oneOf: [{}],
        not: { type: 'null' },
      },
    ],
    ['a property that is named as a keyword of another draft', { properties: { $id: {} } }],
  ]
  for (const [name, schema] of valid) {
    test(`takes ${name}`, () => assert.equal(read(schema).outcome, 'valid'))
  }

  const wrong: readonly unknown[] = [
    [],
    null,
    'x',
    { type: 'text' },
    { type: [] },
    { type: ['string', 'string'] },
    { properties: [] },
    { properties: { a: 1 } },
    { items: true },
    { required: [] },
    { required: ['a', 'a'] },
    { required: 'a' },
    { enum: [] },
    { enum: [1, 1] },
    { minLength: -1 },
    { maxItems: 1.5 },
    { multipleOf: 0 },
    { exclusiveMinimum: 5 },
    { pattern: '(' },
    { allOf: [] },
    { not: [] },
    { dependencies: { a: [] } },
    { definitions: { a: { type: 'x' } } },
    { $ref: 1 },
    { $ref: '#/definitions/a' },
    { $ref: '#/properties/constructor', properties: {} },
    { anyOf: [{ not: { items: [{ type: 5 }] } }] },
  ]
  for (const schema of wrong) {
    test(`refuses ${JSON.stringify(schema)}`, () => {
      assert.deepEqual(read(schema), { outcome: 'invalid', unsupported: [] })
    })
  }

  test('names every keyword that draft-04 does not have, once', () => {
    const schema = { $id: 'x', items: { nullable: true, $id: 'y' }, type: 'x' }
    assert.deepEqual(read(schema), { outcome: 'invalid', unsupported: ['$id', 'nullable'] })
  })

  test('gives references to elsewhere, each once', () => {
    const schema = { items: [{ $ref: 'https://a' }, { $ref: '#' }, { not: { $ref: 'https://a' } }] }
    const found = read(schema)
    assert.ok(found.outcome === 'valid')
    assert.deepEqual(found.references, ['https://a'])
  })

  test('refuses what is nested deeper than 64 levels, however deep, without a crash', () => {
    const nested = (levels: number) => `${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`
    assert.equal(readModelSchema(nested(60)).outcome, 'valid')
    assert.equal(readModelSchema(nested(64)).outcome, 'invalid')
    assert.equal(readModelSchema(nested(100_000)).outcome, 'invalid')
    assert.equal(
      readModelSchema(`{"enum":[${'['.repeat(90_000)}${']'.repeat(90_000)}]}`).outcome,
      'invalid',
    )
    assert.equal(readModelSchema(JSON.stringify({ title: '{['.repeat(1_000) })).outcome, 'valid')
  })
})

describe('findReferenced()', () => {
  test('reads escapes, arrays and the root, and nothing that is inherited', () => {
    const schema = { items: [{ title: 'a/b ~' }], definitions: { 'a/b ~': { type: 'null' } } }
    assert.equal(findReferenced(schema, '#'), schema)
    assert.deepEqual(findReferenced(schema, '#/items/0'), { title: 'a/b ~' })
    assert.deepEqual(findReferenced(schema, '#/definitions/a~1b%20~0'), { type: 'null' })
    for (const reference of ['#/constructor', '#/items/1', '#/items/length', 'x', '#definitions']) {
      assert.equal(findReferenced(schema, reference), undefined)
    }
  })
})
