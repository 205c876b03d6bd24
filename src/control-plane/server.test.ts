import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { functionPorts } from '../../test/support/function-ports.ts'
import { testQuotaLedger } from '../../test/support/quota-ledger.ts'
import { sdkCalls } from '../../test/support/sdk-client.ts'
import type { AccountId, Region } from '../aws/identifiers.ts'
import { defaultQuotas, managementBodyBytesMax } from '../aws/limits.ts'
import type { OperationTable } from '../aws/operation-model.ts'
import { ServiceError } from '../aws/service-error.ts'
import { findField } from '../base/header-fields.ts'
import type { OperatorFields } from '../ports/operator-log.ts'
import { StateStoreError, type StateStore } from '../ports/state-store.ts'
import type { ApiGatewayContext } from './apigateway/context.ts'
import { createControlPlane, type ManagementRequest } from './server.ts'
import { defineService, loadedService, unsupported } from './service.ts'

const table: OperationTable = {
  service: 'apigateway',
  errors: { NotFoundException: { status: 404, members: { message: { type: 'string' } } } },
  operations: {
    GetRestApi: {
      method: 'GET',
      uri: '/restapis/{restApiId}',
      status: 200,
      input: 'Id',
      output: 'Out',
    },
    CreateRestApi: {
      method: 'POST',
      uri: '/restapis',
      status: 201,
      input: 'Create',
      output: 'Out',
    },
    CreateUsagePlan: { method: 'POST', uri: '/usageplans', status: 201, input: 'Create' },
  },
  types: {},
  structures: {
    Id: { restApiId: { type: 'string', in: 'label', required: true } },
    Create: { name: { type: 'string', required: true } },
    Out: { id: { type: 'string' }, name: { type: 'string' }, description: { type: 'string' } },
  },
}

interface Operations {
  readonly GetRestApi: { input: { restApiId: string }; output: object }
  readonly CreateRestApi: { input: { name: string }; output: object }
  readonly CreateUsagePlan: { input: object; output: object }
}

const scopeHeader = (scope: string) =>
  `AWS4-HMAC-SHA256 Credential=${scope}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`

const signed = [
  'Host',
  'localhost:4566',
  'Authorization',
  scopeHeader('AKIA/20260301/eu-west-1/apigateway'),
]

interface Line {
  readonly level: string
  readonly event: string
  readonly fields: OperatorFields
}

function startPlane(get: (context: ApiGatewayContext, id: string) => Promise<object>) {
  const lines: Line[] = []
  const inputs: object[] = []
  const write = (level: string) => (event: string, fields: OperatorFields) => {
    lines.push({ level, event, fields })
  }
  let nowMs = 0
  const service = defineService<ApiGatewayContext, Operations>(table, {
    GetRestApi: ({ restApiId }, context) => get(context, restApiId),
    CreateRestApi: (input) => {
      inputs.push(input)
      return Promise.resolve({ id: 'a', ...input })
    },
    CreateUsagePlan: unsupported('usage plans are not built'),
  })
  const plane = createControlPlane({
    services: [loadedService(service)],
    managementHosts: ['stagedoor'],
    // Both are what the brands stand for.
    defaultScope: { account: '000000000000' as AccountId, region: 'us-east-1' as Region },
    ports: {
      // No handler of these tests touches the store.
      store: {} as StateStore,
      feed: { publish: () => Promise.resolve() },
      clock: {
        nowMs: () => 0,
        monotonicMs: () => (nowMs += 1.5),
        sleep: () => Promise.resolve(),
      },
      stageClock: { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() },
      certificates: {
        makeClientCertificate: () => assert.fail('no certificate is made'),
      },
      quotaLedger: testQuotaLedger(),
      stageCaches: { resize: async () => {}, flush: async () => {} },
      random: {
        uuid: () => '00000000-0000-4000-8000-000000000000',
        identifier: (length) => 'x'.repeat(length),
        fraction: () => 0,
      },
      quotas: defaultQuotas,
      log: { info: write('info'), warn: write('warn'), error: write('error') },
      vpcLinkTargets: { find: () => undefined },
      awsServices: { findEndpoint: () => undefined, findCredentials: () => undefined },
      methodTester: { test: async () => ({ outcome: 'other-path' }) },
      ...functionPorts(),
    },
  })
  const call = async (request: Partial<ManagementRequest>) => {
    const { status, headers, body } = await plane.call({
      method: 'GET',
      target: '/restapis/a',
      headers: signed,
      body: new Uint8Array(),
      sourceIp: '127.0.0.1',
      ...request,
    })
    return {
      status,
      headers,
      text: new TextDecoder().decode(body),
      code: findField(headers, 'x-amzn-errortype'),
    }
  }
  return { plane, call, lines, inputs }
}

const echo = (context: ApiGatewayContext, id: string) =>
  Promise.resolve({ id, name: context.scope.account, description: context.scope.region })

const post = (body: string): Partial<ManagementRequest> => ({
  method: 'POST',
  target: '/restapis',
  body: new TextEncoder().encode(body),
})

describe('call()', () => {
  test("answers with AWS's ids and logs one line without bodies", async () => {
    const { call, lines } = startPlane(echo)
    const { status, headers, text } = await call({ target: '/restapis/a%2Fb' })
    assert.equal(status, 200)
    assert.equal(text, '{"id":"a/b","name":"000000000000","description":"eu-west-1"}')
    assert.deepEqual(headers, [
      'Content-Type',
      'application/json',
      'x-amzn-RequestId',
      '00000000-0000-4000-8000-000000000000',
      'x-amz-apigw-id',
      'xxxxxxxxxxxxxxx=',
    ])
    assert.deepEqual(lines, [
      {
        level: 'info',
        event: 'management-call',
        fields: {
          requestId: '00000000-0000-4000-8000-000000000000',
          service: 'apigateway',
          operation: 'GetRestApi',
          account: '000000000000',
          region: 'eu-west-1',
          status: 200,
          code: undefined,
          durationMs: 1.5,
        },
      },
    ])
  })

  const scopes: readonly (readonly [string, string, string])[] = [
    ['123456789012/20260301/us-gov-west-1/apigateway', '123456789012', 'us-gov-west-1'],
    ['12345678901/20260301/ap-southeast-2/apigateway', '000000000000', 'ap-southeast-2'],
    ['test/20260301/mars-north-12/apigateway', '000000000000', 'mars-north-12'],
    ['test/20260301//apigateway', '000000000000', 'us-east-1'],
  ]
  for (const [scope, account, region] of scopes) {
    test(`takes ${scope} for account ${account} in ${region}`, async () => {
      const { call } = startPlane(echo)
      const headers = ['Host', 'localhost', 'Authorization', scopeHeader(scope)]
      const { text } = await call({ headers })
      assert.equal(text, JSON.stringify({ id: 'a', name: account, description: region }))
    })
  }

  for (const region of ['mars-1', '*', 'US-EAST-1', 'us-east-1"};', 'x'.repeat(5000)]) {
    test(`refuses a call signed for the region ${region.slice(0, 20)}`, async () => {
      const { call, inputs } = startPlane(echo)
      const headers = ['Host', 'localhost', 'Authorization']
      headers.push(scopeHeader(`test/20260301/${region}/apigateway`))
      const { status, code, text } = await call({ ...post('{"name":"a"}'), headers })
      assert.deepEqual([status, code], [403, 'InvalidSignatureException'])
      const shown = region.length > 64 ? `${region.slice(0, 64)}…` : region
      const message: unknown = Reflect.get(JSON.parse(text), 'message')
      assert.equal(message, `Credential should be scoped to a valid region, not '${shown}'. `)
      assert.deepEqual(inputs, [])
    })
  }

  test('refuses a call without a signature before it reads anything of it', async () => {
    const { call } = startPlane(echo)
    const answer = await call({ ...post('not json'), headers: ['Host', 'localhost'] })
    assert.equal(answer.status, 403)
    assert.equal(answer.code, 'MissingAuthenticationTokenException')
    assert.match(answer.text, /"message":"Missing Authentication Token"/)
  })

  test('refuses a web page elsewhere and a Host that is not ours, and logs both', async () => {
    const { call, lines } = startPlane(echo)
    const fromPage = await call({ headers: [...signed, 'Origin', 'https://attacker.example'] })
    assert.deepEqual([fromPage.status, fromPage.code], [403, 'AccessDeniedException'])
    const rebound = await call({ headers: ['Host', 'attacker.example', ...signed.slice(2)] })
    assert.deepEqual([rebound.status, rebound.code], [403, 'AccessDeniedException'])
    const refusals = lines.filter(({ event }) => event === 'management-web-page-refused')
    assert.equal(refusals.length, 2)
    assert.equal((await call({ headers: ['Host', 'stagedoor:1', ...signed.slice(2)] })).status, 200)
  })

  test('refuses a preflight', async () => {
    const { call } = startPlane(echo)
    const headers = ['Host', 'localhost', 'Access-Control-Request-Method', 'GET']
    assert.equal((await call({ method: 'OPTIONS', headers })).status, 403)
  })

  test('decodes, checks and refuses what breaks a constraint', async () => {
    const { call, lines } = startPlane(echo)
    assert.equal((await call(post('{"name":"n"}'))).text, '{"id":"a","name":"n"}')
    const missing = await call(post('{}'))
    assert.deepEqual([missing.status, missing.code], [400, 'ValidationException'])
    const wrong = await call(post('{"name":true}'))
    assert.deepEqual([wrong.status, wrong.code], [400, 'SerializationException'])
    assert.equal(lines.at(-1)?.fields['code'], 'SerializationException')
  })

  test('names in the log what it passed over', async () => {
    const { call, lines } = startPlane(echo)
    assert.equal((await call(post('{"name":"n","colour":1}'))).status, 201)
    assert.equal(lines[0]?.fields['ignoredMembers'], 'Create.colour')
  })

  test('refuses a body that is too long', async () => {
    const { call } = startPlane(echo)
    const body = new Uint8Array(managementBodyBytesMax + 1)
    const answer = await call({ ...post(''), body })
    assert.deepEqual([answer.status, answer.code], [413, 'RequestEntityTooLargeException'])
  })

  test('refuses an operation that is not built with the reason, once, in any SDK', async () => {
    const { plane } = startPlane(echo)
    let calls = 0
    const send = sdkCalls(async ({ method, target, body }) => {
      calls++
      return plane.call({ method, target, headers: signed, body, sourceIp: '127.0.0.1' })
    })
    await assert.rejects(send('CreateUsagePlan')({ name: 'a' }), {
      name: 'NotImplementedException',
      message: 'Stagedoor does not implement CreateUsagePlan: usage plans are not built',
    })
    assert.equal(calls, 1)
  })

  test('refuses a path that is no operation, and one that is not decodable', async () => {
    const { call } = startPlane(echo)
    const unknown = await call({ target: '/v2/apis' })
    assert.deepEqual([unknown.status, unknown.code], [404, 'UnknownOperationException'])
    assert.match(unknown.text, /apigatewayv2/)
    const broken = await call({ target: '/restapis/%zz' })
    assert.deepEqual([broken.status, broken.code], [400, 'SerializationException'])
  })

  test("answers what a handler refuses in AWS's form", async () => {
    const { call } = startPlane(() =>
      Promise.reject(new ServiceError('NotFoundException', 404, 'no')),
    )
    const answer = await call({})
    assert.deepEqual(
      [answer.status, answer.code, answer.text],
      [404, 'NotFoundException', '{"message":"no"}'],
    )
  })

  test('never sends the cause of a failure of its own, and logs it', async () => {
    const { call, lines } = startPlane(() => Promise.reject(new TypeError('the secret is 7')))
    const answer = await call({})
    assert.deepEqual([answer.status, answer.code], [500, 'InternalFailure'])
    assert.doesNotMatch(answer.text, /secret/)
    assert.match(String(lines[0]?.fields['cause']), /TypeError: the secret is 7/)
    assert.equal(lines[0]?.level, 'error')
  })

  test('answers 503 when the store cannot do it', async () => {
    const { call } = startPlane(() => Promise.reject(new StateStoreError('disk full')))
    const answer = await call({})
    assert.deepEqual([answer.status, answer.code], [503, 'ServiceUnavailableException'])
    assert.doesNotMatch(answer.text, /disk/)
  })

  test('hands handlers an input that nobody can change', async () => {
    const { call, inputs } = startPlane(echo)
    assert.equal((await call(post('{"name":"n"}'))).status, 201)
    assert.deepEqual(inputs.map(Object.isFrozen), [true])
  })
})

describe('call() for a service that is not built', () => {
  const foreign = (service: string, ...more: string[]) => [
    'Host',
    'localhost',
    'Authorization',
    scopeHeader(`AKIA/20260301/us-east-1/${service}`),
    ...more,
  ]

  test('names it in JSON', async () => {
    const { call } = startPlane(echo)
    const answer = await call({ headers: foreign('lambda') })
    assert.deepEqual([answer.status, answer.code], [400, 'UnknownServiceException'])
    assert.equal(JSON.parse(answer.text).__type, 'UnknownServiceException')
    assert.match(answer.text, /\\"lambda\\"/)
  })

  test('names it in XML where the client reads XML', async () => {
    const { call } = startPlane(echo)
    const form = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']
    for (const headers of [foreign('s3'), foreign('sts<', ...form)]) {
      const { text } = await call({ headers })
      assert.match(text, /^<ErrorResponse><Error>.*<Code>UnknownServiceException<\/Code>/)
      assert.doesNotMatch(text, /sts<"/)
    }
  })

  test('names it in CBOR where the client asks for CBOR', async () => {
    const { call } = startPlane(echo)
    const { headers, text } = await call({
      headers: foreign('monitoring', 'smithy-protocol', 'rpc-v2-cbor'),
    })
    assert.equal(findField(headers, 'content-type'), 'application/cbor')
    assert.match(text, /__type.*UnknownServiceException.*message.*"monitoring"/s)
  })
})

describe('defineService()', () => {
  test('refuses a map without one of the operations, and one with an operation more', () => {
    // What the types refuse too: the map of another table.
    const define = (handlers: object) => () =>
      defineService<ApiGatewayContext, Operations>(table, handlers as never)
    const no = unsupported('no')
    assert.throws(define({ GetRestApi: no, CreateRestApi: no }), /no handler for CreateUsagePlan/)
    assert.throws(
      define({ GetRestApi: no, CreateRestApi: no, CreateUsagePlan: no, Other: no }),
      /no operation Other/,
    )
  })
})
