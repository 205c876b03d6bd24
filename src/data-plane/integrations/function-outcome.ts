import { emptyBody } from '../../base/body.ts'
import { noHeaderFields } from '../../base/header-fields.ts'
import type { FunctionInvocation, FunctionOutcome } from '../../ports/functions.ts'
import { GatewayError, type GatewayErrorName } from '../gateway-error.ts'
import type { EndpointResponse } from '../messages.ts'

type Refusal = Extract<FunctionOutcome, { readonly outcome: 'refused' }>

/**
 * What came of an invocation, as an endpoint's answer.
 *
 * AWS tells a function that is not there from one that may not be invoked as little as it tells callers of
 * either: both are "Invalid permissions on Lambda function".
 *
 * @throws {GatewayError} INTEGRATION_TIMEOUT; API_CONFIGURATION_ERROR when API Gateway may not invoke the
 * function; FUNCTION_PAYLOAD_INVALID, FUNCTION_PAYLOAD_TOO_LARGE; FUNCTION_UNAVAILABLE for what else keeps
 * Lambda from invoking, a throttle too.
 * Observed: https://github.com/DataBiosphere/azul/issues/8301 (permissions), cases/rest/functions
 */
export function functionResponse(
  invocation: FunctionInvocation,
  outcome: FunctionOutcome,
): EndpointResponse {
  switch (outcome.outcome) {
    case 'answered':
      return {
        status: outcome.status,
        headers: noHeaderFields,
        body: emptyBody,
        result: {
          functionArn: invocation.functionArn,
          payload: outcome.payload,
          functionError: outcome.functionError,
          executedVersion: outcome.executedVersion,
          logTail: outcome.logTail,
          requestId: outcome.requestId,
        },
      }
    case 'streaming': {
      const { requestId, ended, body } = outcome
      const { functionArn } = invocation
      const stream = { functionArn, requestId, ended }
      return { status: 200, headers: noHeaderFields, body, stream }
    }
    case 'refused':
      throw refused(invocation, outcome)
    case 'timeout':
      throw new GatewayError('INTEGRATION_TIMEOUT', {
        detail: `Execution failed due to a timeout error: ${invocation.functionArn} took more than ${invocation.timeoutMs ?? 0} ms`,
      })
    case 'unreachable':
      throw new GatewayError('FUNCTION_UNAVAILABLE', {
        detail: `Execution failed due to an internal error: Lambda is not reached: ${outcome.detail}`,
      })
  }
}

function refused(invocation: FunctionInvocation, refusal: Refusal): GatewayError {
  const { code, message, reason } = refusal
  switch (code) {
    case 'AccessDeniedException':
      return configurationError('API_CONFIGURATION_ERROR', noPermission(invocation))
    case 'ResourceNotFoundException':
      return configurationError('API_CONFIGURATION_ERROR', `${invalidPermissions}: ${message}`)
    case 'InvalidRequestContentException':
      return new GatewayError('FUNCTION_PAYLOAD_INVALID', { callerMessage: message })
    case 'RequestTooLargeException':
    case 'RequestEntityTooLargeException':
      return new GatewayError('FUNCTION_PAYLOAD_TOO_LARGE', { detail: message })
    case 'TooManyRequestsException':
      return configurationError('FUNCTION_UNAVAILABLE', throttled(invocation, message, reason))
    default:
      return configurationError('FUNCTION_UNAVAILABLE', `${message} (${code})`)
  }
}

const invalidPermissions = 'Invalid permissions on Lambda function'

function configurationError(errorName: GatewayErrorName, text: string): GatewayError {
  const detail = `Execution failed due to configuration error: ${text}`
  return new GatewayError(errorName, { detail })
}

/** With what the operator has to do: a permission is for exactly the qualifier that is invoked. */
function noPermission({ functionArn, caller }: FunctionInvocation): string {
  const source = caller.kind === 'service' ? ` for ${caller.sourceArn}` : ''
  const qualifier = functionArn.split(':')[7]
  const flag = qualifier === undefined ? 'without --qualifier' : `with --qualifier ${qualifier}`
  return (
    `${invalidPermissions}: no statement lets apigateway.amazonaws.com invoke ${functionArn}${source}; ` +
    `aws lambda add-permission ${flag} adds one`
  )
}

function throttled(
  { functionArn }: FunctionInvocation,
  message: string,
  reason: string | undefined,
): string {
  return `${message} ${functionArn} has no room for another invocation${reason === undefined ? '' : ` (${reason})`}`
}
