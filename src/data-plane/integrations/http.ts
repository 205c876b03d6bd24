import { emptyBody, textBody, type Body } from '../../base/body.ts'
import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import type { CompiledHttpIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { IntegrationRequest, MethodRequest } from '../messages.ts'
import { httpRequest, integrationMethod, prepareHttpCall, type HttpCallParts } from './http-call.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { isMappedHeader } from './request-parameters.ts'
import { chooseRequestTemplate } from './template-choice.ts'

/**
 * HTTP: a request of the gateway's own. Nothing of the client's head passes unless a mapping hands it on;
 * the body is a template's or the client's; the answer is built by an integration response.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 * Observed: cases/rest/request-headers/http-sends-the-gateways-own-fields
 */
export const httpIntegration: Integration<CompiledHttpIntegration> = {
  buildRequest: (call, request, integration) =>
    prepareHttpCall(call, request, integration, (parts) =>
      ownRequest(call, request, integration, parts),
    ),
  buildResponse: (call, response, { responses }, { notices }) =>
    buildMappedResponse(call, response, { choice: responses, notices }),
}

/** Verbs whose requests carry neither a body nor its type. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function ownRequest(
  call: Call,
  request: MethodRequest,
  integration: CompiledHttpIntegration,
  parts: HttpCallParts,
): IntegrationRequest {
  const template = chooseRequestTemplate(integration.requestTemplates, request.headers)
  const hasBody = !bodiless.has(integrationMethod(call, integration))
  return httpRequest(call, integration, {
    endpoint: parts.endpoint,
    rawQuery: parts.mapped.rawQuery,
    headers: ownFields(call, parts, hasBody),
    body: hasBody ? bodyOf(template, parts.body) : emptyBody,
  })
}

function bodyOf(template: ReturnType<typeof chooseRequestTemplate>, body: Body): Body {
  return template.outcome === 'template' ? textBody(template.text) : body
}

function ownFields(
  call: Call,
  { endpoint, mapped }: HttpCallParts,
  hasBody: boolean,
): HeaderFields {
  const { restApiId } = call.stage.declaration
  const fields: string[] = []
  const addDefault = (name: string, value: string) => {
    if (!isMappedHeader(mapped, name)) fields.push(name, value)
  }
  addDefault('Host', endpoint.hostHeader)
  addDefault('Accept', 'application/json')
  addDefault('User-Agent', `AmazonAPIGateway_${restApiId}`)
  if (hasBody) {
    const contentType = findLastField(call.incoming.headers, 'content-type')
    addDefault('Content-Type', contentType ?? 'application/json')
  }
  fields.push('X-Amzn-Apigateway-Api-Id', restApiId)
  if (call.traceId !== undefined) fields.push('X-Amzn-Trace-Id', call.traceId)
  fields.push(...mapped.headers)
  return fields
}
