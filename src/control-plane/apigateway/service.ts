import { apiGatewayTable } from '../../aws/apigateway-model.ts'
import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import { defineService } from '../service.ts'
import { account } from './account.ts'
import type { ApiGatewayContext } from './context.ts'
import { deployments } from './deployments.ts'
import { documentationParts } from './documentation-parts.ts'
import { documentationVersions } from './documentation-versions.ts'
import { gatewayResponses } from './gateway-responses.ts'
import { integrationResponses } from './integration-responses.ts'
import { integrations } from './integrations.ts'
import { methodResponses } from './method-responses.ts'
import { methods } from './methods.ts'
import { models } from './models.ts'
import { requestValidators } from './request-validators.ts'
import { resources } from './resources.ts'
import { restApis } from './rest-apis.ts'
import { stages } from './stages.ts'
import { tags } from './tags.ts'
import { unsupportedOperations } from './unsupported-operations.ts'
import { vpcLinks } from './vpc-links.ts'

/**
 * Amazon API Gateway, REST APIs: each of its operations has a handler here or says why it has none.
 *
 * To add one: take its row out of `unsupported-operations.ts`, and write the handler in the file of its
 * resource. Without either this does not compile; with both a test fails.
 */
export const apigatewayService = defineService<ApiGatewayContext, ApiGatewayOperations>(
  apiGatewayTable,
  {
    ...restApis,
    ...resources,
    ...methods,
    ...methodResponses,
    ...models,
    ...requestValidators,
    ...gatewayResponses,
    ...integrations,
    ...integrationResponses,
    ...deployments,
    ...stages,
    ...account,
    ...tags,
    ...documentationParts,
    ...documentationVersions,
    ...vpcLinks,
    ...unsupportedOperations,
  },
)
