import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gatewayResponseTypes } from '../aws/gateway-response-types.ts'
import { BodyAbortedError, BodyTooLargeError } from '../base/body.ts'
import {
  GatewayError,
  gatewayErrors,
  toGatewayError,
  type GatewayErrorName,
  type GatewayErrorRow,
} from './gateway-error.ts'

describe('gatewayErrors', () => {
  test('has a row for every response type that can end a request', () => {
    const rowless = gatewayResponseTypes.filter((type) => !(type in gatewayErrors))
    assert.deepEqual(rowless, ['DEFAULT_4XX', 'DEFAULT_5XX'])
  })

  for (const [name, row] of Object.entries<GatewayErrorRow>(gatewayErrors)) {
    test(`${name} is shaped by its own response type, by a default, or by none`, () => {
      const fallback = row.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
      const ofFunctions = name.startsWith('FUNCTION_') ? 'INTEGRATION_FAILURE' : undefined
      const shapes: readonly (string | undefined)[] = [name, fallback, ofFunctions]
      assert.ok(shapes.includes(row.responseType))
    })
    test(`${name} is the client's doing exactly when its status says so`, () => {
      assert.equal(row.source === 'client', row.status < 500)
    })
  }
})

const expired = 'The security token included in the request is expired'
const networkError = 'Network error communicating with endpoint'

/**
 * What AWS answers by default, type by type, in the order of the documented table.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const defaults: readonly (readonly [GatewayErrorName, number, string, string | null])[] = [
  ['ACCESS_DENIED', 403, 'AccessDeniedException', 'User is not authorized to access this resource'],
  ['API_CONFIGURATION_ERROR', 500, 'InternalServerErrorException', 'Internal server error'],
  ['AUTHORIZER_CONFIGURATION_ERROR', 500, 'AuthorizerConfigurationException', null],
  ['AUTHORIZER_FAILURE', 500, 'AuthorizerFailureException', null],
  ['BAD_REQUEST_BODY', 400, 'BadRequestException', 'Invalid request body'],
  ['EXPIRED_TOKEN', 403, 'ExpiredTokenException', expired],
  ['INTEGRATION_FAILURE', 504, 'InternalServerErrorException', networkError],
  ['INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException', 'Endpoint request timed out'],
  ['INVALID_API_KEY', 403, 'ForbiddenException', 'Forbidden'],
  [
    'MISSING_AUTHENTICATION_TOKEN',
    403,
    'MissingAuthenticationTokenException',
    'Missing Authentication Token',
  ],
  ['QUOTA_EXCEEDED', 429, 'LimitExceededException', 'Limit Exceeded'],
  ['RESOURCE_NOT_FOUND', 404, 'NotFoundException', 'Not Found'],
  ['THROTTLED', 429, 'TooManyRequestsException', 'Too Many Requests'],
  ['UNAUTHORIZED', 401, 'UnauthorizedException', 'Unauthorized'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'BadRequestException', 'Unsupported Media Type'],
  ['WAF_FILTERED', 403, 'ForbiddenException', 'Forbidden'],
]

describe('the default answer', () => {
  for (const [name, status, errorType, message] of defaults) {
    test(`of ${name} is ${status} ${message}`, () => {
      const row: GatewayErrorRow = gatewayErrors[name]
      assert.deepEqual([row.status, row.errorType, row.message], [status, errorType, message])
    })
  }

  test('of a bad signature says so', () => {
    assert.equal(gatewayErrors.INVALID_SIGNATURE.status, 403)
    assert.equal(gatewayErrors.INVALID_SIGNATURE.errorType, 'InvalidSignatureException')
    assert.match(gatewayErrors.INVALID_SIGNATURE.message, /^The request signature we calculated/)
  })
})

describe('GatewayError', () => {
  test('says the catalogue message unless it is given another', () => {
    assert.equal(new GatewayError('THROTTLED').callerMessage, 'Too Many Requests')
    assert.equal(new GatewayError('AUTHORIZER_FAILURE').callerMessage, null)
    assert.equal(new GatewayError('BAD_REQUEST_BODY', { callerMessage: 'x' }).callerMessage, 'x')
  })

  test('keeps the detail for the operator out of what the caller reads', () => {
    const error = new GatewayError('INTEGRATION_FAILURE', { detail: 'ECONNRESET 10.0.0.1' })
    assert.equal(error.message, 'ECONNRESET 10.0.0.1')
    assert.equal(error.callerMessage, 'Network error communicating with endpoint')
  })
})

describe('toGatewayError()', () => {
  test('returns a gateway error as it is', () => {
    const error = new GatewayError('THROTTLED')
    assert.equal(toGatewayError(error), error)
  })

  test('makes a body that is too long a 413, whoever found it out', () => {
    assert.equal(toGatewayError(new BodyTooLargeError(1)).errorName, 'REQUEST_TOO_LARGE')
  })

  test('makes a body that broke off a network error', () => {
    assert.equal(toGatewayError(new BodyAbortedError('gone')).errorName, 'INTEGRATION_FAILURE')
  })

  for (const thrown of [new TypeError('x is not a function'), 'text', undefined]) {
    test(`makes anything else an internal error that keeps its cause: ${String(thrown)}`, () => {
      const error = toGatewayError(thrown)
      assert.equal(error.errorName, 'API_CONFIGURATION_ERROR')
      assert.equal(error.cause, thrown)
      assert.equal(error.isBug, true)
      assert.equal(error.callerMessage, 'Internal server error')
    })
  }
})
