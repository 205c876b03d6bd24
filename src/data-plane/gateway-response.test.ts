import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { responseHeaderBytesMax } from '../aws/limits.ts'
import { compileGatewayResponses } from '../snapshot/compile-gateway-responses.ts'
import type { GatewayResponseDefinition } from '../snapshot/definition.ts'
import { GatewayError, gatewayErrors, type GatewayErrorName } from './gateway-error.ts'
import { renderGatewayResponse, type GatewayResponseScope } from './gateway-response.ts'

const scope: GatewayResponseScope = {
  requestId: 'request-1',
  extendedRequestId: 'extended=',
  gatewayResponses: new Map(),
  requestHeaders: [],
  valueOf: () => undefined,
}

const textOf = (response: ReturnType<typeof renderGatewayResponse>) =>
  Buffer.from(response.body.bytes ?? []).toString()

describe('renderGatewayResponse() without a response of the API’s own', () => {
  // Lengths are those of recorded Content-Length fields.
  const bodies: readonly [name: GatewayErrorName, status: number, body: string, bytes?: number][] =
    [
      ['ACCESS_DENIED', 403, '{"Message":"User is not authorized to access this resource"}'],
      ['API_CONFIGURATION_ERROR', 500, '{"message": "Internal server error"}', 36],
      ['AUTHORIZER_CONFIGURATION_ERROR', 500, '{"message":null}', 16],
      ['FORBIDDEN', 403, '{"message":"Forbidden"}', 23],
      ['INTEGRATION_FAILURE', 504, '{"message": "Network error communicating with endpoint"}', 56],
      ['INTEGRATION_TIMEOUT', 504, '{"message": "Endpoint request timed out"}', 41],
      ['MISSING_AUTHENTICATION_TOKEN', 403, '{"message":"Missing Authentication Token"}', 42],
      ['QUOTA_EXCEEDED', 429, '{"message":"Limit Exceeded"}'],
      ['REQUEST_TOO_LARGE', 413, 'HTTP content length exceeded 10485760 bytes.', 44],
      ['THROTTLED', 429, '{"message":"Too Many Requests"}'],
      ['UNAUTHORIZED', 401, '{"message":"Unauthorized"}', 26],
      ['UNSUPPORTED_MEDIA_TYPE', 415, '{"message":"Unsupported Media Type"}'],
    ]
  for (const [name, status, body, bytes = body.length] of bodies) {
    test(`${name} is ${status} ${body}`, () => {
      const response = renderGatewayResponse(new GatewayError(name), scope)
      assert.equal(response.status, status)
      assert.equal(textOf(response), body)
      assert.equal(response.body.byteLength, bytes)
    })
  }

  for (const name of Object.keys(gatewayErrors) as GatewayErrorName[]) {
    if (name === 'REQUEST_TOO_LARGE') continue
    test(`${name} carries AWS's four fields and JSON`, () => {
      const response = renderGatewayResponse(new GatewayError(name), scope)
      assert.deepEqual(response.headers, [
        'Content-Type',
        'application/json',
        'x-amzn-RequestId',
        'request-1',
        'x-amzn-ErrorType',
        gatewayErrors[name].errorType,
        'x-amz-apigw-id',
        'extended=',
      ])
      JSON.parse(textOf(response))
    })
  }

  test('a message of the caller’s own stays inside its JSON string', () => {
    const error = new GatewayError('BAD_REQUEST_BODY', { callerMessage: '"}\n<x>' })
    const response = renderGatewayResponse(error, scope)
    assert.deepEqual(JSON.parse(textOf(response)), { message: '"}\n<x>' })
  })
})

describe('renderGatewayResponse() with responses of the API’s own', () => {
  const values: Readonly<Record<string, string>> = {
    'context stage': 'prod',
    'context error.messageString': '"m"',
    'method.request.header Origin': 'https://a.example',
    'method.request.querystring line': 'a\nSet-Cookie: b',
    'stageVariables colour': 'blue',
  }
  const render = (
    name: GatewayErrorName,
    set: Readonly<Record<string, GatewayResponseDefinition>>,
    requestHeaders: readonly string[] = [],
  ) =>
    renderGatewayResponse(new GatewayError(name), {
      ...scope,
      gatewayResponses: compileGatewayResponses(set),
      requestHeaders,
      valueOf: (expression) =>
        expression.kind === 'static'
          ? expression.value
          : 'name' in expression
            ? values[`${expression.kind} ${expression.name}`]
            : undefined,
    })
  const fieldOf = ({ headers }: ReturnType<typeof render>, name: string) => {
    const found = headers.flatMap((field, i) =>
      i % 2 === 0 && field === name ? [headers[i + 1]] : [],
    )
    return found.join(', ')
  }

  test('takes the status and the template of the type', () => {
    const response = render('THROTTLED', {
      THROTTLED: {
        statusCode: '503',
        responseTemplates: { 'application/json': '$context.stage.$context.error.messageString' },
      },
    })
    assert.equal(response.status, 503)
    assert.equal(textOf(response), 'prod."m"')
  })

  test('leaves out a header that there is no more room for, and keeps those behind it that fit', () => {
    const header = (bytes: number) => `'${'a'.repeat(bytes)}'`
    const responseParameters = {
      'gatewayresponse.header.one': header(responseHeaderBytesMax - 6),
      'gatewayresponse.header.two': header(1),
      'gatewayresponse.header.x': header(2),
    }
    const throttled = render('THROTTLED', { THROTTLED: { responseParameters } })
    assert.deepEqual(
      ['one', 'two', 'x'].map((name) => fieldOf(throttled, name).length),
      [responseHeaderBytesMax - 6, 0, 2],
    )
  })

  test('puts text in, in braces or without, and nothing for what is not there', () => {
    const template =
      '{"a":${context.stage}}-$context.stage,$stageVariables.x,$method.request.header.y.$5 ${x}'
    const response = render('THROTTLED', {
      THROTTLED: { responseTemplates: { 'application/json': template } },
    })
    assert.equal(textOf(response), '{"a":prod}-prod,,.$5 ${x}')
    assert.equal(response.status, 429)
  })

  test('leaves the brace behind a reference where it is', () => {
    const template = '{"message":$context.error.messageString}'
    const response = render('THROTTLED', {
      THROTTLED: { responseTemplates: { 'application/json': template } },
    })
    assert.equal(textOf(response), '{"message":"m"}')
  })

  test('lets a default shape every type of its class that is not set', () => {
    const responses = { DEFAULT_4XX: { statusCode: '499' }, THROTTLED: {} }
    assert.equal(render('UNAUTHORIZED', responses).status, 499)
    assert.equal(render('THROTTLED', responses).status, 429)
    assert.equal(render('INTEGRATION_TIMEOUT', responses).status, 504)
  })

  test('shapes nothing that belongs to no API', () => {
    const responses = { DEFAULT_4XX: { statusCode: '499' } }
    assert.equal(render('FORBIDDEN', responses).status, 403)
    assert.equal(render('REQUEST_TOO_LARGE', responses).status, 413)
  })

  test('sets fields, leaves out what has no value or none that a field can have', () => {
    const response = render('THROTTLED', {
      THROTTLED: {
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': 'method.request.header.Origin',
          'gatewayresponse.header.X-Colour': 'stageVariables.colour',
          'gatewayresponse.header.X-None': 'stageVariables.none',
          'gatewayresponse.header.X-Line': 'method.request.querystring.line',
          'gatewayresponse.header.Content-Length': "'1'",
          'gatewayresponse.header.Transfer-Encoding': "'chunked'",
        },
      },
    })
    assert.deepEqual(response.headers.slice(8), [
      'Access-Control-Allow-Origin',
      'https://a.example',
      'X-Colour',
      'blue',
      'x-amzn-Remapped-Content-Length',
      '1',
    ])
  })

  test('chooses the template by Accept, and says its type unless a parameter does', () => {
    const responseTemplates = { 'application/json': '{}', 'application/xml': '<a/>' }
    const set = { THROTTLED: { responseTemplates } }
    const xml = render('THROTTLED', set, ['Accept', 'text/html, application/xml'])
    assert.equal(textOf(xml), '<a/>')
    assert.equal(fieldOf(xml, 'Content-Type'), 'application/xml')
    const json = render('THROTTLED', set, ['Accept', 'text/html'])
    assert.equal(textOf(json), '{}')
    assert.equal(fieldOf(json, 'Content-Type'), 'application/json')
    const responseParameters = { 'gatewayresponse.header.content-type': "'text/plain'" }
    const plain = render('THROTTLED', { THROTTLED: { responseTemplates, responseParameters } })
    assert.equal(fieldOf(plain, 'content-type'), 'text/plain')
    assert.equal(fieldOf(plain, 'Content-Type'), '')
  })
})
