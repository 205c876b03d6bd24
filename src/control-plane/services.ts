import type { ApiGatewayContext } from './apigateway/context.ts'
import { apigatewayService } from './apigateway/service.ts'
import type { LambdaContext } from './lambda/context.ts'
import { lambdaService } from './lambda/service.ts'
import type { Service } from './service.ts'

/** What a handler of any service may use; each service asks for a part of it. */
export interface ControlPlaneContext extends ApiGatewayContext, LambdaContext {}

/** The services of the control plane. A request names one by the service that it is signed for. */
export const services: readonly Service<ControlPlaneContext>[] = Object.freeze([
  apigatewayService,
  lambdaService,
])
