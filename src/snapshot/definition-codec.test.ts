import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { apiDefinitionOf, type MethodSketch } from '../../test/support/api-definition.ts'
import {
  decodeDefinition,
  definitionLines,
  encodeDefinition,
  hashDefinition,
} from './definition-codec.ts'

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '\n'),
)
const texts = fc.dictionary(names, fc.string({ unit: 'binary' }), { maxKeys: 3 })
const sketches: fc.Arbitrary<MethodSketch> = fc.record(
  {
    authorizationType: fc.constantFrom('NONE', 'AWS_IAM'),
    operationName: fc.string({ unit: 'binary' }),
    requestParameters: fc.dictionary(names, fc.boolean(), { maxKeys: 2 }),
    integration: fc.record(
      {
        type: fc.constantFrom('HTTP', 'MOCK'),
        uri: fc.string({ unit: 'binary' }),
        requestTemplates: texts,
        timeoutInMillis: fc.integer({ min: 50, max: 29_000 }),
        integrationResponses: fc.dictionary(
          fc.constantFrom('200', '404'),
          fc.record({ responseTemplates: fc.dictionary(names, fc.option(fc.string())) }),
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['integration'] },
)
const definitions = fc
  .record({
    methods: fc.dictionary(fc.constantFrom('GET /', 'ANY /a', 'PUT /{x}', 'GET /b/{y+}'), sketches),
    name: fc.string({ unit: 'binary' }),
    schemas: fc.dictionary(names, fc.string({ unit: 'binary' }), { maxKeys: 3 }),
    policy: fc.option(fc.string(), { nil: undefined }),
  })
  .map(({ methods, name, schemas, policy }) => {
    const models = Object.fromEntries(
      Object.entries(schemas).map(([key, schema]) => [key, { contentType: 'a/b', schema }]),
    )
    return apiDefinitionOf({ methods, api: { name, models, ...(policy ? { policy } : {}) } })
  })

describe('encodeDefinition()', () => {
  test('gives bytes from which the same definition comes back', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const bytes = encodeDefinition(definition)
        const decoded = decodeDefinition(bytes)
        assert.deepEqual(
          JSON.parse(JSON.stringify(decoded)),
          JSON.parse(JSON.stringify(definition)),
        )
        assert.equal(hashDefinition(encodeDefinition(decoded)), hashDefinition(bytes))
      }),
      { numRuns: 150 },
    )
  })

  test('gives equal bytes for equal definitions, whatever the order of their members', () => {
    const integration = { uri: 'http://h', httpMethod: 'GET' }
    const one = apiDefinitionOf({
      methods: { 'GET /a': { integration }, 'GET /b': { integration } },
      api: {
        models: { A: { contentType: 'x', schema: '{}' }, B: { contentType: 'y', schema: '{}' } },
      },
    })
    const other = reversed(one)
    assert.notDeepEqual(Object.keys(one), Object.keys(other))
    assert.deepEqual(encodeDefinition(other), encodeDefinition(one))
    const renamed = encodeDefinition({ ...one, name: 'other' })
    assert.notEqual(hashDefinition(renamed), hashDefinition(encodeDefinition(one)))
  })

  test('writes a line for the API, then one for each model and each resource', () => {
    const definition = apiDefinitionOf({
      methods: { 'GET /b': { integration: {} }, 'GET /': { integration: {} } },
      api: { models: { Pet: { contentType: 'application/json', schema: '{"a":"\\n"}' } } },
    })
    const text = new TextDecoder().decode(encodeDefinition(definition))
    const lines = text.trimEnd().split('\n')
    assert.equal(lines.length, 4)
    assert.match(lines[0] ?? '', /^\{"apiKeySource":"HEADER",/)
    assert.match(lines[1] ?? '', /^\["model","Pet",\{/)
    assert.match(lines[2] ?? '', /^\["resource",\{"methods":.*"path":"\/",/)
    assert.ok(text.endsWith('\n'))
  })
})

describe('definitionLines()', () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text)
  const good = encodeDefinition(apiDefinitionOf({ methods: { 'GET /': { integration: {} } } }))

  test('reads nothing ahead', () => {
    const lines = definitionLines(bytesOf(`${JSON.stringify({ format: 1 })}\nnot JSON\n`))
    assert.equal(lines.next().value.kind, 'api')
    assert.throws(() => lines.next(), /line 2 is not JSON/)
  })

  const refused: readonly [what: string, bytes: Uint8Array, complaint: RegExp][] = [
    ['nothing', bytesOf(''), /definition is empty/],
    ['a later format', bytesOf('{"format":2}\n'), /definition has format 2; this version reads 1/],
    ['no format', bytesOf('{}\n'), /format undefined/],
    ['a list first', bytesOf('[1]\n'), /line 1 is no API/],
    ['a strange line', bytesOf('{"format":1}\n["stage",{}]\n'), /line 2 is neither/],
    ['a line that is no list', bytesOf('{"format":1}\n{}\n'), /line 2 is neither/],
    ['a cut line', good.subarray(0, good.length - 5), /line 2 is cut off/],
    ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0x7d, 0x0a]), /line 1 is not JSON/],
  ]
  for (const [what, bytes, message] of refused) {
    test(`refuses ${what} with a clear error`, () => {
      assert.throws(() => decodeDefinition(bytes), { name: 'DefinitionFormatError', message })
    })
  }
})

/** The same value with the members of every object, and the resources, in the opposite order. */
function reversed<T>(value: T): T {
  const turn = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(turn)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(
      Object.entries(part)
        .toReversed()
        .map(([name, member]) => [
          name,
          name === 'resources' && Array.isArray(member)
            ? member.toReversed().map(turn)
            : turn(member),
        ]),
    )
  }
  return turn(value) as T
}
