import { type Body, bytesBody } from '../../base/body.ts'
import type { HeaderFields } from '../../base/header-fields.ts'
import type { CompiledHttpProxyIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { EndpointResponse, IntegrationRequest, MethodResponse } from '../messages.ts'
import { pickBeforehand } from '../pick-from-body.ts'
import {
  contentBody,
  type ContentConversion,
  convertContent,
  requestConversion,
  responseConversion,
  withBytes,
} from './content.ts'
import { clientFieldRules, endpointFieldRules, remappedName } from './header-rules.ts'
import {
  endpointBody,
  httpRequest,
  type HttpCallParts,
  prepareHttpCall,
  withEndpointBytes,
} from './http-call.ts'
import type { Integration } from './integration.ts'
import { isMappedHeader, mappedHost, readsRequestBody } from './request-parameters.ts'

/**
 * HTTP_PROXY: the request goes on and the answer comes back as they are, both bodies in pieces, but for
 * the header fields that `header-rules.ts` names and the parameters that a mapping sets. Where binary media
 * types say so, content is made base64, or bytes of it. Up to 64 KB of an answer are waited for, so that an
 * endpoint which stops there is answered for with 504. A response that is streamed is of any length, is
 * neither held nor converted nor compressed, and ends with the time of the integration.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export const httpProxyIntegration: Integration<CompiledHttpProxyIntegration> = {
  buildRequest(call, { body, headers }, integration) {
    const { requestParameters, binaryMediaTypes, contentHandling } = integration
    const conversion = requestConversion(headers, binaryMediaTypes, contentHandling)
    const build = (clientBody: Body, requestBody: string | undefined) => {
      const parts = prepareHttpCall(call, integration, { requestBody, overrides: undefined })
      return proxyRequest(call, integration, { ...parts, body: clientBody })
    }
    const isRead = readsRequestBody(requestParameters)
    if (!isRead && passesAsItIs(conversion)) return build(body, undefined)
    return withBytes(call, body, (bytes) => {
      const converted = convertedBody(bytes, conversion)
      if (!isRead) return build(converted, undefined)
      const buildNow = () => build(converted, new TextDecoder().decode(bytes))
      const sources = requestParameters.map(({ source }) => source)
      const picking = pickBeforehand(call, bytes, sources)
      if (picking === undefined) return buildNow()
      return picking.then((picks) => {
        call.requestPicks = picks
        return buildNow()
      })
    })
  },
  buildResponse(call, response, { binaryMediaTypes, stream }) {
    const { headers, body } = response
    if (stream !== undefined) return { ...proxyResponse(call, response, body), isStreamed: true }
    const requestHeaders = call.incoming.headers
    const answer = { headers, requestHeaders }
    const conversion = responseConversion(answer, binaryMediaTypes, undefined)
    if (passesAsItIs(conversion) || body.byteLength === 0) {
      const passing = shortHeld(endpointBody(response))
      if (!(passing instanceof Promise)) return proxyResponse(call, response, passing)
      return passing.then((held) => proxyResponse(call, response, held))
    }
    return withEndpointBytes(call, response, (bytes) =>
      proxyResponse(call, response, convertedBody(bytes, conversion)),
    )
  },
}

/** Content up to this size is waited for before its head is passed on. */
const heldBytesMax = 65_536

/**
 * The whole of content that is short, as AWS has it of all that it buffers; what is longer passes in pieces.
 *
 * Chosen: docs/decisions/0034-streamed-responses.md
 */
function shortHeld(body: Body): Body | Promise<Body> {
  if (body.bytes !== undefined || (body.byteLength ?? 0) > heldBytesMax) return body
  return body.peek(heldBytesMax + 1).then((begin) => {
    if (begin.length > heldBytesMax) return body
    body.discard()
    return bytesBody(begin)
  })
}

/** Nobody looks at text that stays text, nor at bytes that stay bytes. */
function passesAsItIs({ isBinary, becomesBinary }: ContentConversion): boolean {
  return isBinary === becomesBinary
}

function convertedBody(bytes: Uint8Array, conversion: ContentConversion): Body {
  return passesAsItIs(conversion)
    ? bytesBody(bytes)
    : contentBody(convertContent(bytes, conversion))
}

function proxyRequest(
  call: Call,
  integration: CompiledHttpProxyIntegration,
  parts: HttpCallParts & { readonly body: Body },
): IntegrationRequest {
  const { rawQuery } = call.incoming
  const mappedQuery = parts.mapped.rawQuery
  return httpRequest(call, integration, {
    endpoint: parts.endpoint,
    // Mapped values are added to the client's, never put in their place.
    rawQuery:
      rawQuery !== '' && mappedQuery !== '' ? `${rawQuery}&${mappedQuery}` : rawQuery + mappedQuery,
    headers: proxiedFields(call, parts),
    body: parts.body,
    stream: integration.stream,
  })
}

/**
 * A client without a User-Agent is given the gateway's.
 *
 * Observed: cases/rest/request-headers/http-proxy-names-the-gateway-where-no-client-is
 */
function proxiedFields(call: Call, { endpoint, mapped }: HttpCallParts): HeaderFields {
  const { headers } = call.incoming
  const { declaration, userAgent } = call.stage
  const hasMapped = mapped.headers.length > 0
  const fields = hasMapped && mappedHost(mapped) !== undefined ? [] : ['Host', endpoint.hostHeader]
  let hasAgent = hasMapped && isMappedHeader(mapped, 'User-Agent')
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const rule = clientFieldRules.find(name)
    if (rule === 'drop') continue
    if (rule === 'agent') hasAgent = true
    if (hasMapped && isMappedHeader(mapped, name)) continue
    fields.push(name, headers[i + 1] ?? '')
  }
  fields.push('X-Amzn-Apigateway-Api-Id', declaration.restApiId)
  if (!hasAgent) fields.push('User-Agent', userAgent)
  if (hasMapped) fields.push(...mapped.headers)
  return fields
}

function proxyResponse(call: Call, response: EndpointResponse, body: Body): MethodResponse {
  const { headers } = response
  const fields: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const rule = endpointFieldRules.find(name)
    if (rule === 'drop') continue
    fields.push(rule === undefined ? name : remappedName(name), headers[i + 1] ?? '')
  }
  fields.push('x-amzn-RequestId', call.requestId, 'x-amz-apigw-id', call.extendedRequestId)
  return { status: response.status, headers: fields, body }
}
