import type { NotRunIntegration } from '../../snapshot/compiled-deployment.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Integration } from './integration.ts'

/** An integration that is stored and cannot be run: each request ends as 500 and says why in the log. */
export const notRunIntegration: Integration<NotRunIntegration> = {
  buildRequest(_call, _request, { declaredType, reason }) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `${declaredType} integration is not run: ${reason}`,
    })
  },
  buildResponse(_call, _response, { declaredType }) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `${declaredType} integration is not run`,
    })
  },
}
