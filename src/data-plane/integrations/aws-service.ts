import { emptyBody } from '../../base/body.ts'
import { findLastField } from '../../base/header-fields.ts'
import type { CompiledServiceIntegration } from '../../snapshot/compiled-deployment.ts'
import { contentBody } from './content.ts'
import { mappedServiceFieldRules } from './header-rules.ts'
import { integrationMethod } from './http-call.ts'
import { isBodiless } from './http.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { isMappedHeader, mapRequestParameters, readsRequestBody } from './request-parameters.ts'
import { serviceRequest } from './service-call.ts'
import { transformRequest } from './transform-request.ts'

/**
 * AWS with a service: a signed request of the gateway's own, its body a template's or the client's. The
 * answer is built by an integration response, which is chosen by the status that the service gave.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-aws-proxy.html
 * Chosen: docs/decisions/0033-aws-service-integrations.md
 */
export const awsServiceIntegration: Integration<CompiledServiceIntegration> = {
  buildRequest(call, request, integration, gateway) {
    const sendsBody = !isBodiless(integrationMethod(call, integration))
    const { requestParameters } = integration
    const use = { sendsBody, readsBody: readsRequestBody(requestParameters) }
    return transformRequest(call, request, { content: integration, use }, (transformed) => {
      const { clientBody: requestBody, overrides } = transformed
      const given = { requestBody, overrides, rules: mappedServiceFieldRules }
      const mapped = mapRequestParameters(call, requestParameters, given)
      const type = findLastField(call.incoming.headers, 'content-type') ?? 'application/json'
      const needsType = sendsBody && !isMappedHeader(mapped, 'Content-Type')
      return serviceRequest(call, integration, {
        mapped,
        contentType: needsType ? type : undefined,
        body: sendsBody ? contentBody(transformed.content) : emptyBody,
        gateway,
      })
    })
  },
  buildResponse: (call, response, integration, { notices }) =>
    buildMappedResponse(call, response, { integration, notices }),
}
