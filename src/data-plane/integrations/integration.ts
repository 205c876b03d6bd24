import type { CompiledIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import type {
  EndpointResponse,
  IntegrationRequest,
  MethodRequest,
  MethodResponse,
} from '../messages.ts'

/**
 * What a type of integration does to a request and to its answer. A promise only where content has to be
 * read first: what can be done at once costs no turn of the event loop.
 */
export interface Integration<Compiled extends CompiledIntegration> {
  buildRequest(
    call: Call,
    request: MethodRequest,
    integration: Compiled,
    gateway: Gateway,
  ): IntegrationRequest | Promise<IntegrationRequest>
  buildResponse(
    call: Call,
    response: EndpointResponse,
    integration: Compiled,
    gateway: Gateway,
  ): MethodResponse | Promise<MethodResponse>
}
