import { payloadBytesMax } from '../../aws/limits.ts'
import { type Body, BodyTooLargeError, bytesBody, textBody } from '../../base/body.ts'
import { evaluateMapping, type MappingSources } from '../../engines/parameter-mapping.ts'
import { type SelectionPattern, stepsMax } from '../../engines/selection-pattern.ts'
import type {
  CompiledIntegrationResponse,
  IntegrationResponseChoice,
} from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import { mappingSourcesOf } from '../mapping-sources.ts'
import type { EndpointResponse, MethodResponse } from '../messages.ts'
import { isHeaderValue, mappedResponseFieldRules, remappedName } from './header-rules.ts'
import { endpointBody } from './http-call.ts'
import { chooseResponseTemplate } from './template-choice.ts'

/** By what an integration response is chosen, and from what. */
export interface ResponseSelection {
  readonly choice: IntegrationResponseChoice
  /** The text that patterns must match; undefined: the endpoint's status. */
  readonly selector?: string
}

/**
 * The method response of a non-proxy integration: an integration response is chosen by the endpoint's
 * status or by a function's error, its mappings make the header, its template the body. A promise only when
 * a mapping reads the endpoint's body.
 *
 * Content-Type is `application/json` unless mapped; nothing else of the endpoint's head passes.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when no integration response matches and none is the
 * default, or a mapped value cannot be a header's.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function buildMappedResponse(
  call: Call,
  response: EndpointResponse,
  selection: ResponseSelection & Pick<Gateway, 'notices'>,
): MethodResponse | Promise<MethodResponse> {
  const chosen = chooseIntegrationResponse(selection, response, (pattern) =>
    noteExceeded(call, pattern, selection),
  )
  if (!readsResponseBody(chosen)) {
    const sources = mappingSourcesOf(call, { responseHeaders: response.headers })
    return respond(call, chosen, sources, endpointBody(response))
  }
  return readEndpointBody(response).then((bytes) => {
    const responseBody = new TextDecoder().decode(bytes)
    const sources = mappingSourcesOf(call, { responseHeaders: response.headers, responseBody })
    return respond(call, chosen, sources, bytesBody(bytes))
  })
}

function chooseIntegrationResponse(
  { choice: { patterned, fallback }, selector: given }: ResponseSelection,
  response: EndpointResponse,
  onExceeded: (pattern: SelectionPattern) => void,
): CompiledIntegrationResponse {
  const selector = given ?? String(response.status)
  for (const candidate of patterned) {
    const { pattern } = candidate
    const verdict = pattern?.match(selector)
    if (verdict === 'match') return candidate
    if (verdict === 'exceeded' && pattern !== undefined) onExceeded(pattern)
  }
  if (fallback !== undefined) return fallback
  response.body.discard()
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${response.status}`,
  })
}

/** A pattern that takes too many steps matches nothing, and the operator reads of it. */
function noteExceeded(
  call: Call,
  pattern: SelectionPattern,
  { notices }: Pick<Gateway, 'notices'>,
): void {
  const { restApiId, stageName } = call.stage.declaration
  const method = `${call.route?.value.methodKey ?? ''} ${call.route?.value.resourcePath ?? ''}`
  notices.write('warn', {
    event: 'selection-pattern-exceeded',
    subject: `${restApiId}/${stageName} ${method} ${pattern.text}`,
    fields: {
      restApiId,
      stage: stageName,
      method,
      setting: 'selectionPattern',
      detail: `${pattern.text} took more than ${stepsMax} steps and counts as no match`,
    },
  })
}

function readsResponseBody({ responseParameters }: CompiledIntegrationResponse): boolean {
  for (const { source } of responseParameters) {
    if (source.kind === 'integration.response.body') return true
  }
  return false
}

async function readEndpointBody(response: EndpointResponse): Promise<Uint8Array> {
  try {
    return await endpointBody(response).readAll(payloadBytesMax)
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `Integration response is larger than allowed maximum of ${payloadBytesMax} bytes.`,
      cause: error,
    })
  }
}

function respond(
  call: Call,
  chosen: CompiledIntegrationResponse,
  sources: MappingSources,
  body: Body,
): MethodResponse {
  const template = chooseResponseTemplate(chosen, call.incoming.headers)
  const headers = mappedFields(chosen, sources)
  headers.push('x-amzn-RequestId', call.requestId, 'x-amz-apigw-id', call.extendedRequestId)
  if (call.traceId !== undefined) headers.push('X-Amzn-Trace-Id', call.traceId)
  if (template.outcome === 'passthrough') return { status: chosen.status, headers, body }
  body.discard()
  return { status: chosen.status, headers, body: textBody(template.text) }
}

function mappedFields(
  { responseParameters }: CompiledIntegrationResponse,
  sources: MappingSources,
): string[] {
  const fields: string[] = []
  let contentType = 'application/json'
  for (const { header, source } of responseParameters) {
    const value = evaluateMapping(source, sources)
    if (value === undefined) continue
    refuseIllegalValue(header, value)
    if (header.toLowerCase() === 'content-type') contentType = value
    else addField(fields, { name: header, value })
  }
  fields.push('Content-Type', contentType)
  return fields
}

function addField(fields: string[], field: { readonly name: string; readonly value: string }) {
  const rule = mappedResponseFieldRules.find(field.name)
  if (rule === 'drop') return
  fields.push(rule === 'remap' ? remappedName(field.name) : field.name, field.value)
}

function refuseIllegalValue(header: string, value: string): void {
  if (isHeaderValue(value)) return
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `the value mapped to header ${header} cannot be a header's`,
  })
}
