import type { ApiGatewayContext } from './apigateway/context.ts'
import type { LambdaContext } from './lambda/context.ts'
import type { ServiceEntry } from './service.ts'

/** What a handler of any service may use; each service asks for a part of it. */
export interface ControlPlaneContext extends ApiGatewayContext, LambdaContext {}

/**
 * The services of the control plane. A request names one by the service that it is signed for, and only then
 * is it loaded: tables and handlers are a good part of what a start would load.
 */
export const services: readonly ServiceEntry<ControlPlaneContext>[] = Object.freeze([
  {
    name: 'apigateway',
    load: async () => (await import('./apigateway/service.ts')).apigatewayService,
  },
  { name: 'lambda', load: async () => (await import('./lambda/service.ts')).lambdaService },
])
