import { apiGatewayTable } from '../../aws/apigateway-model.ts'
import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import { defineService } from '../service.ts'
import { account } from './account/account.ts'
import { apiKeys } from './api-keys/api-keys.ts'
import { importApiKeys } from './api-keys/import-api-keys.ts'
import { clientCertificates } from './client-certificates/client-certificates.ts'
import type { ApiGatewayContext } from './context.ts'
import { deployments } from './deployments/deployments.ts'
import { documentationParts } from './documentation/documentation-parts.ts'
import { documentationVersions } from './documentation/documentation-versions.ts'
import { gatewayResponses } from './gateway-responses/gateway-responses.ts'
import { integrationResponses } from './integrations/integration-responses.ts'
import { integrations } from './integrations/integrations.ts'
import { methodResponses } from './methods/method-responses.ts'
import { methods } from './methods/methods.ts'
import { testInvokeMethod } from './methods/test-invoke-method.ts'
import { models } from './models/models.ts'
import { requestValidators } from './request-validators/request-validators.ts'
import { resources } from './resources/resources.ts'
import { restApis } from './rest-apis/rest-apis.ts'
import { stages } from './stages/stages.ts'
import { tags } from './tags/tags.ts'
import { unsupportedOperations } from './unsupported-operations.ts'
import { usage } from './usage-plans/usage.ts'
import { usagePlanKeys } from './usage-plans/usage-plan-keys.ts'
import { usagePlans } from './usage-plans/usage-plans.ts'
import { vpcLinks } from './vpc-links/vpc-links.ts'

/** Operations that are built, each by its handler. */
export const builtOperations = {
  ...restApis,
  ...resources,
  ...methods,
  ...testInvokeMethod,
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
  ...clientCertificates,
  ...apiKeys,
  ...importApiKeys,
  ...usagePlans,
  ...usagePlanKeys,
  ...usage,
}

/**
 * Amazon API Gateway, REST APIs: each of its operations has a handler here or says why it has none.
 *
 * To add one: take its row out of `unsupported-operations.ts`, and write the handler in the file of its
 * resource. Without either this does not compile; with both a test fails.
 */
export const apigatewayService = defineService<ApiGatewayContext, ApiGatewayOperations>(
  apiGatewayTable,
  { ...builtOperations, ...unsupportedOperations },
)
