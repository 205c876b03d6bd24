import type { ApiGatewayContext } from './apigateway/context.ts'
import { apigatewayService } from './apigateway/service.ts'
import type { Service } from './service.ts'

/** The services of the control plane. A request names one by the service that it is signed for. */
export const services: readonly Service<ApiGatewayContext>[] = Object.freeze([apigatewayService])
