import { findSignatureComplaint } from '../../aws/authorization-header.ts'
import { findField, findLastField } from '../../base/header-fields.ts'
import type { Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'

/**
 * Finds the method that a request is for.
 *
 * @throws {GatewayError} MISSING_AUTHENTICATION_TOKEN when no resource has such a method on such a path
 * (never 404 or 405); INCOMPLETE_SIGNATURE when the request moreover carries an Authorization header that
 * is no SigV4 signature, because AWS reads an unknown path as a call that must be signed.
 * Observed: cases/rest/resource-matching
 */
export function matchResource(call: Call): Route {
  const { router } = call.variant.deployment
  const route = router.match(call.httpMethod, call.incoming.path)
  if (route !== undefined) return route
  throw refusal(call)
}

function refusal(call: Call): GatewayError {
  const { headers, path } = call.incoming
  const resourcePath = call.variant.deployment.router.findResourcePath(path)
  const detail =
    resourcePath === undefined
      ? `no resource matches ${path}`
      : `resource ${resourcePath} has no method ${call.httpMethod}`
  const authorization = findLastField(headers, 'authorization')
  if (authorization === undefined || authorization === '') {
    return new GatewayError('MISSING_AUTHENTICATION_TOKEN', { detail })
  }
  const hasDate = (findField(headers, 'x-amz-date') ?? findField(headers, 'date')) !== undefined
  const complaint = findSignatureComplaint({ authorization, hasDate })
  return complaint === undefined
    ? new GatewayError('MISSING_AUTHENTICATION_TOKEN', { detail })
    : new GatewayError('INCOMPLETE_SIGNATURE', { detail, callerMessage: complaint })
}
