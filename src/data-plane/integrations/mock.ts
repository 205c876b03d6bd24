import { payloadBytesMax } from '../../aws/limits.ts'
import type { Body } from '../../base/body.ts'
import { findMockStatusCode } from '../../engines/mock-status-code.ts'
import type { CompiledMockIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { IntegrationRequest, MethodRequest } from '../messages.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { chooseRequestTemplate } from './template-choice.ts'

/**
 * MOCK: the gateway plays the endpoint. The request template, or the body when none is chosen, says the
 * endpoint's status; the integration responses match on that status.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export const mockIntegration: Integration<CompiledMockIntegration> = {
  buildRequest(_call: Call, request: MethodRequest, integration: CompiledMockIntegration) {
    const chosen = chooseRequestTemplate(integration.requestTemplates, request.headers)
    return chosen.outcome === 'template'
      ? mockRequest(integration.statusCodes.get(chosen.text))
      : readMockRequest(request.body)
  },
  buildResponse: (call, response, { responses }, { notices }) =>
    buildMappedResponse(call, response, { choice: responses, notices }),
}

/** @throws {GatewayError} API_CONFIGURATION_ERROR when the text named no integer `statusCode`. */
function mockRequest(statusCode: number | undefined): IntegrationRequest {
  if (statusCode !== undefined) return { kind: 'mock', statusCode }
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail:
      'Unable to parse statusCode. It should be an integer that is defined in the request template.',
  })
}

async function readMockRequest(body: Body): Promise<IntegrationRequest> {
  const text = new TextDecoder().decode(await body.readAll(payloadBytesMax))
  return mockRequest(findMockStatusCode(text))
}
