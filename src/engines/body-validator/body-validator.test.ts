import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type BodyVerdict,
  compileBodyValidator,
  compileBodyValidatorSteps,
} from './body-validator.ts'

function validate(schema: unknown, body: string): BodyVerdict {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
  const compiled = compileBodyValidator(text, () => undefined)
  assert.ok(compiled.outcome === 'compiled', JSON.stringify(compiled))
  return compiled.validator.validate(body)
}

const messagesOf = (verdict: BodyVerdict) => (verdict.outcome === 'invalid' ? verdict.messages : [])

describe('compileBodyValidator()', () => {
  test('compares numbers exactly', () => {
    const schema = '{"enum": [9007199254740993, 0.1]}'
    assert.equal(validate(schema, '9007199254740993').outcome, 'valid')
    assert.equal(validate(schema, '9007199254740992').outcome, 'invalid')
    assert.equal(validate(schema, '1e-1').outcome, 'valid')
    assert.equal(validate('{"multipleOf": 0.1}', '0.3').outcome, 'valid')
    assert.equal(validate('{"multipleOf": 0.01}', '19.99').outcome, 'valid')
  })

  test('sees members by any name', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\0', '']
    for (const name of names) {
      const schema = `{"required": [${JSON.stringify(name)}], "properties": {${JSON.stringify(name)}: {"type": "string"}}, "additionalProperties": false}`
      assert.equal(validate(schema, '{}').outcome, 'invalid')
      assert.equal(validate(schema, `{${JSON.stringify(name)}: "a"}`).outcome, 'valid')
      assert.equal(validate(schema, `{${JSON.stringify(name)}: 1}`).outcome, 'invalid')
    }
  })

  test('lets no text of a schema become anything but text', () => {
    const texts = ['"]);process.exit(1);//', '${process.exit(1)}', "');globalThis.x=1;('", '\u2028']
    for (const text of texts) {
      const schema = {
        title: text,
        format: text,
        properties: { [text]: { enum: [text] } },
        dependencies: { [text]: [text] },
        required: [text],
      }
      assert.equal(validate(schema, JSON.stringify({ [text]: text })).outcome, 'valid')
      assert.equal(validate(schema, JSON.stringify({ [text]: '' })).outcome, 'invalid')
    }
  })

  test('follows references to other schemas, each with places of its own', () => {
    const schemas: Readonly<Record<string, string>> = {
      'urn:a':
        '{"properties": {"b": {"$ref": "urn:b#/definitions/x"}}, "definitions": {"x": {"type": "null"}}}',
      'urn:b': '{"definitions": {"x": {"$ref": "#/definitions/y"}, "y": {"type": "string"}}}',
    }
    const compiled = compileBodyValidator('{"$ref": "urn:a"}', (name) => schemas[name])
    assert.ok(compiled.outcome === 'compiled')
    assert.equal(compiled.validator.validate('{"b": "x"}').outcome, 'valid')
    assert.equal(compiled.validator.validate('{"b": null}').outcome, 'invalid')
  })

  test('ends for schemas that hold themselves, however they do', () => {
    const tree = { properties: { next: { $ref: '#' } }, required: ['id'] }
    assert.equal(validate(tree, '{"id": 1, "next": {"id": 2, "next": {"id": 3}}}').outcome, 'valid')
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      assert.equal(validate({ [keyword]: [{ $ref: '#' }] }, '1').outcome, 'unusable')
    }
    assert.equal(validate({ not: { not: { $ref: '#' } } }, '{}').outcome, 'unusable')
    assert.equal(validate({ $ref: '#' }, '1').outcome, 'unusable')
    assert.equal(validate({ dependencies: { a: { $ref: '#' } } }, '{"b": 1}').outcome, 'valid')
    assert.equal(validate({ dependencies: { a: { $ref: '#' } } }, '{"a": 1}').outcome, 'unusable')
  })

  test('bounds what schemas that multiply cost', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => {
        const next = { $ref: `#/definitions/d${i + 1}` }
        return [`d${i}`, i === 59 ? {} : { allOf: [next, next] }]
      }),
    )
    const verdict = validate({ $ref: '#/definitions/d0', definitions }, '{}')
    assert.deepEqual(messagesOf(verdict), ['The request body is too complex to be validated'])
  })

  test('bounds depth, of schemas and of bodies', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [
        `d${i}`,
        { allOf: [{ $ref: `#/definitions/d${i + 1}` }] },
      ]),
    )
    definitions['d5000'] = { allOf: [] as never[] }
    assert.equal(validate({ $ref: '#/definitions/d0', definitions }, '1').outcome, 'invalid')
    const nested = { items: { $ref: '#' } }
    assert.equal(validate(nested, '['.repeat(1_000) + ']'.repeat(1_000)).outcome, 'valid')
    assert.deepEqual(messagesOf(validate(nested, '['.repeat(100_000))), [
      'Unknown error parsing request body',
    ])
  })

  test('stops telling at a thousand messages', () => {
    const body = JSON.stringify(Array.from({ length: 5_000 }, () => 1))
    assert.equal(messagesOf(validate({ items: { type: 'string' } }, body)).length, 1_000)
  })

  test('pauses while it compiles what is large', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type: 'string' }]),
    )
    const steps = compileBodyValidatorSteps(JSON.stringify({ properties }), () => undefined)
    let count = 0
    for (let step = steps.next(); step.done !== true; step = steps.next()) count += 1
    assert.ok(count >= 20, `${count}`)
  })

  test('says what is wrong with a schema', () => {
    const wrong = [
      '',
      '[]',
      '{"type": "int"}',
      '{"pattern": "("}',
      '{"required": []}',
      '{"allOf": [1]}',
    ]
    for (const schema of wrong) {
      assert.equal(compileBodyValidator(schema, () => undefined).outcome, 'unusable', schema)
    }
  })
})

test('compileBodyValidator() refuses patterns that hold too much memory together', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `(?:(?:a{1,10}){1,10}){1,5}${i}`)
  const schema = { patternProperties: Object.fromEntries(names.map((name) => [name, {}])) }
  const compiled = compileBodyValidator(JSON.stringify(schema), () => undefined)
  assert.deepEqual(compiled, {
    outcome: 'unusable',
    detail: 'the patterns of the schema have more than 200000 parts',
  })
})
