import { emptyBody } from '../../base/body.ts'
import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import type { CompiledHttpIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { contentBody } from './content.ts'
import { httpRequest, integrationMethod, prepareHttpCall, type HttpCallParts } from './http-call.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { isMappedHeader, readsRequestBody } from './request-parameters.ts'
import { transformRequest } from './transform-request.ts'

/**
 * HTTP: a request of the gateway's own. Nothing of the client's head passes unless a mapping hands it on;
 * the body is a template's or the client's; the answer is built by an integration response.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 * Observed: cases/rest/request-headers/http-sends-the-gateways-own-fields
 */
export const httpIntegration: Integration<CompiledHttpIntegration> = {
  buildRequest(call, request, integration) {
    const sendsBody = !isBodiless(integrationMethod(call, integration))
    const readsBody = readsRequestBody(integration.requestParameters)
    const use = { sendsBody, readsBody }
    return transformRequest(call, request, { content: integration, use }, (transformed) => {
      const { clientBody: requestBody, overrides } = transformed
      const parts = prepareHttpCall(call, integration, { requestBody, overrides })
      return httpRequest(call, integration, {
        endpoint: parts.endpoint,
        rawQuery: parts.mapped.rawQuery,
        headers: ownFields(call, parts, sendsBody),
        body: sendsBody ? contentBody(transformed.content) : emptyBody,
      })
    })
  },
  buildResponse: (call, response, integration, { notices }) =>
    buildMappedResponse(call, response, { integration, notices }),
}

/** True for a verb whose requests carry neither a body nor its type. */
export function isBodiless(httpMethod: string): boolean {
  return bodiless.has(httpMethod)
}

const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function ownFields(
  call: Call,
  { endpoint, mapped }: HttpCallParts,
  hasBody: boolean,
): HeaderFields {
  const { declaration, userAgent } = call.stage
  const fields: string[] = []
  const addDefault = (name: string, value: string) => {
    if (!isMappedHeader(mapped, name)) fields.push(name, value)
  }
  addDefault('Host', endpoint.hostHeader)
  addDefault('Accept', 'application/json')
  addDefault('User-Agent', userAgent)
  if (hasBody) {
    const contentType = findLastField(call.incoming.headers, 'content-type')
    addDefault('Content-Type', contentType ?? 'application/json')
  }
  fields.push('X-Amzn-Apigateway-Api-Id', declaration.restApiId)
  if (call.traceId !== undefined) fields.push('X-Amzn-Trace-Id', call.traceId)
  fields.push(...mapped.headers)
  return fields
}
