import { type Body, emptyBody, textBody } from '../../base/body.ts'
import type { Overrides } from '../../engines/vtl/index.ts'
import type {
  CompiledContent,
  CompiledIntegrationResponse,
  CompiledTemplate,
} from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import type { EndpointResponse, MethodResponse } from '../messages.ts'
import { pickBeforehand } from '../pick-from-body.ts'
import { refuseBinaryTemplate, type RenderedTemplate, renderTemplate } from '../render-template.ts'
import { chooseIntegrationResponse } from './choose-integration-response.ts'
import {
  contentBody,
  type ContentConversion,
  convertContent,
  noConversion,
  responseConversion,
} from './content.ts'
import { endpointBody, withEndpointBytes } from './http-call.ts'
import {
  findOverriddenStatus,
  type OverriddenParameter,
  overriddenResponseHeaders,
} from './overrides.ts'
import { mappedHeaders, responseFields, withOverridden } from './response-fields.ts'
import { chooseResponseTemplate } from './template-choice.ts'

/** What a method response is built with. */
export interface ResponseSurroundings extends Pick<Gateway, 'notices'> {
  readonly integration: Pick<CompiledContent, 'responses' | 'binaryMediaTypes'>
  /** The text that patterns must match; undefined: the endpoint's status. */
  readonly selector?: string
}

/**
 * The method response of a non-proxy integration: an integration response is chosen by the endpoint's
 * status or by a function's error, its mappings make the header, its template the body, and what templates
 * set in `$context.responseOverride` comes last. A promise only when something reads the endpoint's body, or
 * there is more to do than can be done at once.
 *
 * Content-Type is `application/json` unless mapped; nothing else of the endpoint's head passes.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when no integration response matches and none is the
 * default, content cannot be converted, the template fails, or a mapped value cannot be a header's.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function buildMappedResponse(
  call: Call,
  response: EndpointResponse,
  surroundings: ResponseSurroundings,
): MethodResponse | Promise<MethodResponse> {
  const { integration, selector, notices } = surroundings
  const { responses } = integration
  const chosen = chooseIntegrationResponse(call, response, { responses, selector, notices })
  const content = { chosen, ...transformationOf(call, response, chosen, integration) }
  if (!content.readsBody) {
    // What nobody reads passes in pieces, or is told to stop.
    const body = endpointBody(response)
    const passes = content.template === null
    if (!passes) body.discard()
    return respond(call, content, { response, bytes: undefined, body: passes ? body : emptyBody })
  }
  const finish = (bytes: Uint8Array) => {
    const respondNow = () => respond(call, content, { response, bytes, body: emptyBody })
    const sources = chosen.responseParameters.map(({ source }) => source)
    const picking = pickBeforehand(call, bytes, sources)
    if (picking === undefined) return respondNow()
    return picking.then((picks) => {
      call.responsePicks = picks
      return respondNow()
    })
  }
  return withEndpointBytes(call, response, finish)
}

/** What becomes of the body of an answer. */
interface Transformation {
  readonly template: CompiledTemplate | null
  readonly conversion: ContentConversion
  readonly readsBody: boolean
}

function transformationOf(
  call: Call,
  { headers, body }: EndpointResponse,
  chosen: CompiledIntegrationResponse,
  { binaryMediaTypes }: Pick<CompiledContent, 'binaryMediaTypes'>,
): Transformation {
  const requestHeaders = call.incoming.headers
  const template = chooseResponseTemplate(chosen, requestHeaders)
  // There is nothing of any type in an empty body.
  const conversion =
    body.byteLength === 0
      ? noConversion
      : responseConversion({ headers, requestHeaders }, binaryMediaTypes, chosen.contentHandling)
  return { template, conversion, readsBody: readsBody(chosen, template, conversion) }
}

/** Content that is binary on both sides passes as it is, without anybody looking at it. */
function readsBody(
  { responseParameters }: CompiledIntegrationResponse,
  template: CompiledTemplate | null,
  { isBinary, becomesBinary }: ContentConversion,
): boolean {
  for (const { source } of responseParameters) {
    if (source.kind === 'integration.response.body') return true
  }
  if (template === null) return !(isBinary && becomesBinary)
  return template.kind === 'rendered' && template.readsBody && !becomesBinary
}

/** What there is of an endpoint's answer: bytes when it was read, else the body that passes. */
interface AnswerContent {
  readonly response: EndpointResponse
  readonly bytes: Uint8Array | undefined
  readonly body: Body
}

function respond(
  call: Call,
  {
    chosen,
    template,
    conversion,
  }: Transformation & { readonly chosen: CompiledIntegrationResponse },
  { response, bytes, body }: AnswerContent,
): MethodResponse | Promise<MethodResponse> {
  const mapped = mappedHeaders(call, chosen, { response, bytes })
  if (template !== null && conversion.becomesBinary) refuseBinaryTemplate('response')
  const { overrides: before } = call
  const content = bytes && convertContent(bytes, conversion)
  if (template === null || template.kind === 'constant') {
    const passing = content === undefined ? body : contentBody(content)
    const answer = template === null ? passing : textBody(template.text)
    return methodResponse(call, chosen, { mapped, body: answer, overrides: before })
  }
  const text = content?.kind === 'text' ? content.text : ''
  const given = { direction: 'response', body: text, overrides: before } as const
  const rendering = renderTemplate(call, template.template, given)
  const finish = ({ text: rendered, overrides }: RenderedTemplate) =>
    methodResponse(call, chosen, { mapped, body: textBody(rendered), overrides })
  return rendering instanceof Promise ? rendering.then(finish) : finish(rendering)
}

function methodResponse(
  call: Call,
  chosen: CompiledIntegrationResponse,
  parts: {
    readonly mapped: readonly OverriddenParameter[]
    readonly body: Body
    readonly overrides: Overrides | undefined
  },
): MethodResponse {
  const { overrides, body } = parts
  const headers =
    overrides === undefined
      ? parts.mapped
      : withOverridden(parts.mapped, overriddenResponseHeaders(overrides))
  const fields = responseFields(headers)
  fields.push('x-amzn-RequestId', call.requestId, 'x-amz-apigw-id', call.extendedRequestId)
  if (call.traceId !== undefined) fields.push('X-Amzn-Trace-Id', call.traceId)
  const status = (overrides && findOverriddenStatus(overrides)) ?? chosen.status
  return { status, headers: fields, body }
}
