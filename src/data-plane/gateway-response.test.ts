import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError, gatewayErrors, type GatewayErrorName } from './gateway-error.ts'
import { renderGatewayResponse, type GatewayResponseScope } from './gateway-response.ts'

const scope: GatewayResponseScope = {
  requestId: 'request-1',
  extendedRequestId: 'extended=',
  gatewayResponses: {},
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
  const render = (
    name: GatewayErrorName,
    gatewayResponses: GatewayResponseScope['gatewayResponses'],
  ) =>
    renderGatewayResponse(new GatewayError(name), {
      ...scope,
      gatewayResponses,
      valueOf: (reference) =>
        ({ 'context.stage': 'prod', 'context.error.messageString': '"m"' })[reference],
    })

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

  test('puts text in, in braces or without, and nothing for what is not there', () => {
    const template = '${context.stage}-$context.stage,$stageVariables.x,$method.request.header.y.'
    const response = render('THROTTLED', {
      THROTTLED: { responseTemplates: { 'application/json': template } },
    })
    assert.equal(textOf(response), 'prod-prod,,.')
    assert.equal(response.status, 429)
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
})
