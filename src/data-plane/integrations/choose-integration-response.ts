import { type SelectionPattern, stepsMax } from '../../engines/selection-pattern.ts'
import type {
  CompiledIntegrationResponse,
  IntegrationResponseChoice,
} from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { EndpointResponse } from '../messages.ts'

/** By what an integration response is chosen, and from what. */
export interface ResponseSelection extends Pick<Gateway, 'notices'> {
  readonly responses: IntegrationResponseChoice
  /** The text that patterns must match; undefined: the endpoint's status. */
  readonly selector: string | undefined
}

/**
 * The integration response whose pattern takes the selector, the first in order of status, else the one
 * without a pattern.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when there is neither.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function chooseIntegrationResponse(
  call: Call,
  response: EndpointResponse,
  selection: ResponseSelection,
): CompiledIntegrationResponse {
  const { patterned, fallback } = selection.responses
  const selector = selection.selector ?? String(response.status)
  for (const candidate of patterned) {
    const { pattern } = candidate
    const verdict = pattern?.match(selector)
    if (verdict === 'match') return candidate
    if (verdict === 'exceeded' && pattern !== undefined) noteExceeded(call, pattern, selection)
  }
  if (fallback !== undefined) return fallback
  response.body.discard()
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${response.status}`,
  })
}

/** A pattern that takes too many steps matches nothing, and the operator reads of it. */
function noteExceeded(
  call: Call,
  pattern: SelectionPattern,
  { notices }: Pick<Gateway, 'notices'>,
): void {
  const { restApiId, stageName } = call.stage.declaration
  const method = `${call.route?.value.methodKey ?? ''} ${call.route?.value.resourcePath ?? ''}`
  notices.write('warn', {
    event: 'selection-pattern-exceeded',
    subject: `${restApiId}/${stageName} ${method} ${pattern.text}`,
    fields: {
      restApiId,
      stage: stageName,
      method,
      setting: 'selectionPattern',
      detail: `${pattern.text} took more than ${stepsMax} steps and counts as no match`,
    },
  })
}
