import { findMockStatusCode } from '../../engines/mock-status-code.ts'
import type { CompiledMockIntegration } from '../../snapshot/compiled-deployment.ts'
import { GatewayError } from '../gateway-error.ts'
import type { IntegrationRequest } from '../messages.ts'
import type { Content } from './content.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { transformRequest } from './transform-request.ts'

/**
 * MOCK: the gateway plays the endpoint. What the request template renders, or the body when none is chosen,
 * says the endpoint's status; the integration responses match on that status.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export const mockIntegration: Integration<CompiledMockIntegration> = {
  buildRequest(call, request, integration) {
    const use = { readsBody: false, sendsBody: true }
    return transformRequest(call, request, { content: integration, use }, (transformed) => {
      const { constant, content } = transformed
      return mockRequest(constant === undefined ? statusCodeOf(content) : constant.statusCode)
    })
  },
  buildResponse: (call, response, integration, { notices }) =>
    buildMappedResponse(call, response, { integration, notices }),
}

function statusCodeOf(content: Content): number | undefined {
  return content.kind === 'text' ? findMockStatusCode(content.text) : undefined
}

/** @throws {GatewayError} API_CONFIGURATION_ERROR when the text named no integer `statusCode`. */
function mockRequest(statusCode: number | undefined): IntegrationRequest {
  if (statusCode !== undefined) return { kind: 'mock', statusCode }
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail:
      'Unable to parse statusCode. It should be an integer that is defined in the request template.',
  })
}
