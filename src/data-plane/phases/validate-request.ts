import type { CompiledValidation, RequiredParameter } from '../../snapshot/compiled-deployment.ts'
import type { Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { MethodRequest } from '../messages.ts'
import { parseQuery } from '../query-string.ts'
import { refuseClosed } from './closed-settings.ts'
import { validateBody } from './validate-body.ts'

/**
 * The request once its required parameters are there and its body fits its model. A promise only when the
 * body must be read for it; the integration gets it unchanged.
 *
 * The last phase that refuses: what closes a method and no earlier phase took for its own ends here, so
 * that a setting can be forgotten without leaving a method open.
 *
 * @throws {GatewayError} BAD_REQUEST_PARAMETERS, then BAD_REQUEST_BODY; API_CONFIGURATION_ERROR for a model
 * whose schema cannot be run
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 * Observed: cases/rest/validation
 */
export function validateRequest(
  call: Call,
  request: MethodRequest,
  route: Route,
  gateway: Gateway,
): MethodRequest | Promise<MethodRequest> {
  const byApi = call.variant.deployment.closedBy
  const { closedBy: byMethod, validation } = route.value
  if (byApi.length > 0) refuseClosed(call, gateway, { phase: 'last', settings: byApi })
  if (byMethod.length > 0) refuseClosed(call, gateway, { phase: 'last', settings: byMethod })
  if (validation === undefined) return request
  refuseMissing(call, route, validation)
  return validateBody(call, request, validation)
}

/** Tells all that is missing at once, by bare names. */
function refuseMissing(call: Call, route: Route, { requiredParameters }: CompiledValidation): void {
  if (requiredParameters.length === 0) return
  const query = parseQuery(call.incoming.rawQuery)
  const missing = requiredParameters.filter(({ location, name }) => {
    if (location === 'header') return !hasHeader(call, name)
    const values =
      location === 'path' ? [route.pathParameters.get(name) ?? ''] : (query.get(name) ?? [])
    return values.every(isBlank)
  })
  if (missing.length === 0) return
  const names = missing.map(({ name }: RequiredParameter) => name).join(', ')
  throw new GatewayError('BAD_REQUEST_PARAMETERS', {
    callerMessage: `Missing required request parameters: [${names}]`,
  })
}

/** Names of headers have a case here, as they do wherever a method declares them. */
function hasHeader({ incoming: { headers }, isTest }: Call, name: string): boolean {
  if (!isTest && forwardedNames.has(name)) return true
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name && !isBlank(headers[i + 1] ?? '')) return true
  }
  return false
}

/** The gateway adds them to every request. */
const forwardedNames: ReadonlySet<string> = new Set([
  'X-Forwarded-For',
  'X-Forwarded-Port',
  'X-Forwarded-Proto',
])

function isBlank(value: string): boolean {
  return value.trim() === ''
}
