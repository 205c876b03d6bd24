import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sdkCalls, type SdkRequest } from '../../../test/support/sdk-client.ts'
import { structureOf } from '../../../test/support/shape-arbitrary.ts'
import { compileApiGatewayModel } from '../apigateway-model.ts'
import {
  managementJsonDepthMax,
  managementJsonMembersMax,
  managementJsonValuesMax,
  patchOperationsMax,
} from '../limits.ts'
import { indexOperations } from '../operation-index.ts'
import type { Operation, Shape } from '../operation-model.ts'
import { ServiceError } from '../service-error.ts'
import { checkConstraints } from './check-constraints.ts'
import { decodeInput, encodeError, encodeOutput } from './rest-json.ts'

const model = compileApiGatewayModel()
const index = indexOperations(model.operations.values())

function operationOf(name: string): Operation {
  const operation = model.operations.get(name)
  assert.ok(operation !== undefined)
  return operation
}

function decodeTarget(
  method: string,
  target: string,
  headers: readonly string[],
  body: Uint8Array,
) {
  const [path = '', rawQuery = ''] = target.split('?')
  const query = new URLSearchParams(rawQuery)
  const match = index.find(method, path.slice(1).split('/').map(decodeURIComponent), query)
  assert.ok(match !== undefined, `${method} ${target} is no operation`)
  return { ...decodeInput(match, { query, headers, body }), operation: match.operation }
}

const decodeBody = (name: string, body: string) =>
  decodeInput(
    { operation: operationOf(name), labels: new Map() },
    { query: new URLSearchParams(), headers: [], body: new TextEncoder().encode(body) },
  )

/** The value as the SDK gives it: times as dates. */
function asSdk(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'timestamp':
      return new Date(Number(value) * 1_000)
    case 'list':
      return Array.isArray(value) ? value.map((item) => asSdk(shape.element, item)) : value
    case 'map':
      return mapValues(value, (item) => asSdk(shape.value, item))
    case 'structure': {
      const shapes = new Map(shape.members.map((member) => [member.name, member.shape]))
      return mapValues(value, (item, name) => asSdk(shapes.get(name)!, item))
    }
    default:
      return value
  }
}

function mapValues(value: unknown, change: (item: unknown, name: string) => unknown) {
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, item]) => [name, change(item, name)]),
  )
}

/** What the SDK sends by itself for a member that has no value of the caller's. */
const sdkAccepts = 'application/json'

describe('decodeInput() and encodeOutput()', () => {
  for (const operation of model.operations.values()) {
    test(`agree with the SDK about ${operation.name}`, async () => {
      let outputToSend: object = {}
      let decoded: ReturnType<typeof decodeTarget> | undefined
      const call = sdkCalls(({ method, target, headers, body }: SdkRequest) => {
        decoded = decodeTarget(method, target, headers, body)
        return encodeOutput(decoded.operation, outputToSend)
      })(operation.name)
      await fc.assert(
        fc.asyncProperty(
          structureOf(operation.input),
          operation.output === undefined ? fc.constant({}) : structureOf(operation.output),
          async (input, output) => {
            outputToSend = output
            const received = Object(await call(structuredClone(input)))
            assert.equal(decoded?.operation.name, operation.name)
            assert.deepEqual(decoded.ignoredMembers, [])
            const expected =
              operation.name === 'GetExport' ? { accepts: sdkAccepts, ...input } : input
            assert.deepEqual(withoutBlobs(decoded.input), withoutBlobs(expected))
            checkConstraints(operation, decoded.input)
            delete received.$metadata
            const expectedOutput =
              operation.output === undefined ? {} : asSdk(operation.output, output)
            assert.deepEqual(withoutBlobs(received), withoutBlobs(expectedOutput))
          },
        ),
        { numRuns: 4 },
      )
    })
  }

  /** The SDK wraps blobs in classes of its own; their bytes are what counts. */
  function withoutBlobs(value: unknown): unknown {
    return mapValues(value, (item) => (item instanceof Uint8Array ? [...item] : item))
  }
})

describe('decodeInput()', () => {
  test('takes every value of a repeated key for a list', () => {
    const { input } = decodeTarget(
      'DELETE',
      '/tags/a%2Fb?tagKeys=x&tagKeys=y+z',
      [],
      new Uint8Array(),
    )
    assert.deepEqual(input, { resourceArn: 'a/b', tagKeys: ['x', 'y z'] })
  })

  test('takes null for absent and names members that the model does not know', () => {
    const { input, ignoredMembers } = decodeBody(
      'CreateStage',
      '{"stageName":"dev","description":null,"colour":1,"canarySettings":{"percentage":1}}',
    )
    assert.deepEqual(input, { stageName: 'dev', canarySettings: {} })
    assert.deepEqual(ignoredMembers, ['CreateStageRequest.colour', 'CanarySettings.percentage'])
  })

  test('never takes a member of the path or the query from the body', () => {
    const { input } = decodeBody('CreateStage', '{"restApiId":"other","stageName":"dev"}')
    assert.deepEqual(input, { stageName: 'dev' })
  })

  test('keeps keys that an object is born with as members of their own', () => {
    const { input } = decodeBody(
      'CreateStage',
      '{"__proto__":{"polluted":true},"variables":{"__proto__":"a","constructor":"b"}}',
    )
    const variables = Reflect.get(input, 'variables')
    assert.deepEqual(Object.entries(variables), [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    assert.equal(Reflect.get(input, 'polluted'), undefined)
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })

  test('keeps null where a map may hold it', () => {
    const { input } = decodeBody(
      'PutIntegrationResponse',
      '{"responseTemplates":{"application/json":null}}',
    )
    assert.deepEqual(input, { responseTemplates: { 'application/json': null } })
  })

  test('reads an empty body as an empty object', () => {
    assert.deepEqual(decodeBody('CreateRestApi', '').input, {})
  })

  test('cuts the fraction off a whole number', () => {
    assert.deepEqual(decodeBody('CreateRestApi', '{"minimumCompressionSize":1.9}').input, {
      minimumCompressionSize: 1,
    })
  })

  const refusals: readonly (readonly [operation: string, body: string, message: string])[] = [
    [
      'CreateStage',
      '{"variables":{"a":true}}',
      'class java.lang.Boolean can not be converted to an String',
    ],
    ['CreateStage', '{"stageName":7}', 'class java.lang.Short can not be converted to an String'],
    [
      'CreateStage',
      '{"stageName":70000}',
      'class java.lang.Integer can not be converted to an String',
    ],
    ['CreateStage', '{"stageName":3e9}', 'class java.lang.Long can not be converted to an String'],
    [
      'CreateStage',
      '{"stageName":0.5}',
      'class java.lang.Double can not be converted to an String',
    ],
    ['CreateStage', '{"stageName":[]}', 'Start of list found where not expected'],
    ['CreateStage', '{"stageName":{}}', 'Start of structure or map found where not expected.'],
    ['CreateStage', '{"variables":[]}', 'Start of list found where not expected'],
    ['CreateStage', '{"variables":"a"}', 'Expected map or null'],
    ['CreateStage', '{"canarySettings":1}', 'Expected null'],
    [
      'CreateStage',
      '{"tracingEnabled":1}',
      'class java.lang.Short can not be converted to an Boolean',
    ],
    [
      'UpdateStage',
      '{"patchOperations":{}}',
      'Start of structure or map found where not expected.',
    ],
    ['UpdateStage', '{"patchOperations":"x"}', 'Expected list or null'],
    [
      'CreateRestApi',
      '{"minimumCompressionSize":"x"}',
      'class java.lang.String can not be converted to an Integer',
    ],
    [
      'CreateRestApi',
      '{"minimumCompressionSize":3e9}',
      'class java.lang.Long can not be converted to an Integer',
    ],
    ['CreateRestApi', '{"name":', 'The request body is not valid JSON'],
    ['CreateRestApi', '[]', 'Start of list found where not expected'],
    ['CreateRestApi', '7', 'Expected null'],
    [
      'CreateRestApi',
      '['.repeat(managementJsonDepthMax + 1),
      `The request body is nested deeper than ${managementJsonDepthMax} levels`,
    ],
    [
      'CreateRestApi',
      `{"tags":{${'"":"",'.repeat(managementJsonMembersMax)}"":""}}`,
      `The request body has a map or structure of more than ${managementJsonMembersMax} members`,
    ],
    [
      'CreateRestApi',
      `[${'0,'.repeat(managementJsonValuesMax)}0]`,
      `The request body has more than ${managementJsonValuesMax} values`,
    ],
    // Neither has to be JSON to be too much.
    ['CreateRestApi', ':'.repeat(managementJsonMembersMax), 'The request body is not valid JSON'],
    ['CreateRestApi', ']'.repeat(managementJsonDepthMax), 'The request body is not valid JSON'],
  ]
  for (const [operation, body, message] of refusals) {
    test(`refuses ${operation} with ${body.slice(0, 40)}`, () => {
      assert.throws(
        () => decodeBody(operation, body),
        new ServiceError('SerializationException', 400, message),
      )
    })
  }

  test('does not count brackets in strings as depth', () => {
    const name = `\\"${'['.repeat(managementJsonDepthMax + 1)}`
    const { input } = decodeBody('CreateRestApi', `{"name":"${name}"}`)
    assert.deepEqual(input, { name: JSON.parse(`"${name}"`) })
  })

  test('takes as many members as a map may have, and colons and commas in strings for none', () => {
    const filled = `{${Array.from({ length: 4_998 }, (_, index) => `"k${index}":"a:,b:,"`).join()}}`
    const { input } = decodeBody('CreateRestApi', `{"name":"${':,'.repeat(1e5)}","tags":${filled}}`)
    assert.ok('tags' in input && typeof input.tags === 'object' && input.tags !== null)
    assert.equal(Object.keys(input.tags).length, 4_998)
  })

  test('takes as many patch operations as there may be', () => {
    const one = '{"op":"replace","path":"/variables/a","value":"b"}'
    const body = `{"patchOperations":[${Array<string>(patchOperationsMax).fill(one).join()}]}`
    const { input } = decodeBody('UpdateStage', body)
    assert.ok('patchOperations' in input && Array.isArray(input.patchOperations))
    assert.equal(input.patchOperations.length, patchOperationsMax)
  })

  test('refuses bytes that are not UTF-8', () => {
    assert.throws(
      () => decodeTarget('POST', '/restapis', [], new Uint8Array([0x22, 0xff, 0x22])),
      new ServiceError('SerializationException', 400, 'The request body is not UTF-8 text'),
    )
  })

  test('refuses a limit that is no number', () => {
    assert.throws(
      () => decodeTarget('GET', '/restapis?limit=many', [], new Uint8Array()),
      new ServiceError(
        'SerializationException',
        400,
        'class java.lang.String can not be converted to an Integer',
      ),
    )
  })

  test('never throws anything but a ServiceError, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...model.operations.values()),
        fc.oneof(fc.json({ maxDepth: 3 }), fc.string()),
        ({ name }, body) => {
          try {
            decodeBody(name, body)
          } catch (error) {
            assert.ok(error instanceof ServiceError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('encodeOutput()', () => {
  const textOf = (name: string, output: object) =>
    new TextDecoder().decode(encodeOutput(operationOf(name), output).body)

  test('leaves out what is undefined or not in the model, and names lists as the wire does', () => {
    assert.equal(
      textOf('GetRestApis', { items: [{ id: 'a', name: undefined, rootRecord: 1 }] }),
      '{"item":[{"id":"a"}]}',
    )
  })

  test('writes times in seconds, doubles with a fraction and null templates', () => {
    assert.equal(textOf('GetStage', { createdDate: 1_700_000_000 }), '{"createdDate":1700000000}')
    assert.equal(
      textOf('GetStage', { canarySettings: { percentTraffic: 0 } }),
      '{"canarySettings":{"percentTraffic":0.0}}',
    )
    assert.equal(
      textOf('GetIntegrationResponse', { responseTemplates: { 'application/json': null } }),
      '{"responseTemplates":{"application/json":null}}',
    )
  })

  test('answers an operation without output with its status and no content', () => {
    assert.deepEqual(encodeOutput(operationOf('DeleteStage'), {}), {
      status: 202,
      headers: [],
      body: new Uint8Array(0),
    })
  })
})

describe('encodeError()', () => {
  test('puts the code in a header and the message in the body', () => {
    const answer = encodeError(model, new ServiceError('NotFoundException', 404, 'Gone'))
    assert.equal(answer.status, 404)
    assert.deepEqual(answer.headers, [
      'Content-Type',
      'application/json',
      'x-amzn-ErrorType',
      'NotFoundException',
    ])
    assert.equal(new TextDecoder().decode(answer.body), '{"message":"Gone"}')
  })

  test('sends retryAfterSeconds as the header that the model names', () => {
    const error = new ServiceError('TooManyRequestsException', 429, 'Slow', {
      retryAfterSeconds: 5,
    })
    assert.deepEqual(encodeError(model, error).headers.slice(4), ['Retry-After', '5'])
  })

  test('is read by the SDK as the modelled exception', async () => {
    const call = sdkCalls(() =>
      encodeError(model, new ServiceError('NotFoundException', 404, 'Gone')),
    )
    await assert.rejects(call('GetStage')({ restApiId: 'a', stageName: 'b' }), {
      name: 'NotFoundException',
      message: 'Gone',
      $fault: 'client',
    })
  })
})
