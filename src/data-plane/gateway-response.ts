import { responseHeaderBytesMax } from '../aws/limits.ts'
import { textBody } from '../base/body.ts'
import type { HeaderFields } from '../base/header-fields.ts'
import type { GatewayResponseTemplate } from '../engines/gateway-response-template.ts'
import type { MappingExpression } from '../engines/parameter-mapping.ts'
import type {
  CompiledGatewayResponse,
  CompiledGatewayResponses,
} from '../snapshot/compiled-deployment.ts'
import type { GatewayError, GatewayErrorRow } from './gateway-error.ts'
import {
  isHeaderValue,
  gatewayResponseFieldRules,
  remappedName,
} from './integrations/header-rules.ts'
import { chooseTemplateKey } from './integrations/template-choice.ts'
import type { MethodResponse } from './messages.ts'

/** What a gateway response is rendered from. */
export interface GatewayResponseScope {
  readonly requestId: string
  readonly extendedRequestId: string
  /** Those that the API sets, by response type. */
  readonly gatewayResponses: CompiledGatewayResponses
  /** The client's, of which Accept chooses the template. */
  readonly requestHeaders: HeaderFields
  /** What an expression stands for in this request; undefined: it has no value. */
  valueOf(expression: MappingExpression): string | undefined
}

/**
 * The answer to a request that the gateway ends of its own accord.
 *
 * A type that the API does not set takes the API's DEFAULT_4XX or DEFAULT_5XX, then AWS's own answer. A
 * type that it sets keeps AWS's own for the members that it leaves out. Templates are not VTL: what has
 * no value renders empty.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 * Observed: cases/rest/gateway-responses
 */
export function renderGatewayResponse(
  error: GatewayError,
  scope: GatewayResponseScope,
): MethodResponse {
  const { row } = error
  const shaping = findShaping(row, scope.gatewayResponses)
  const chosen = shaping && chooseTemplate(shaping, scope)
  return {
    status: shaping?.status ?? row.status,
    headers: headersOf(row, scope, { shaping, mediaType: chosen?.mediaType }),
    body: textBody(chosen === undefined ? defaultBody(error) : render(chosen.template, scope)),
  }
}

function findShaping(
  row: GatewayErrorRow,
  gatewayResponses: CompiledGatewayResponses,
): CompiledGatewayResponse | undefined {
  const type = findShapingType(row, gatewayResponses)
  return type === undefined ? undefined : gatewayResponses.get(type)
}

/** The response type under which the API shapes an error: its own, or a default. Undefined: it does not. */
export function findShapingType(
  row: GatewayErrorRow,
  gatewayResponses: CompiledGatewayResponses,
): string | undefined {
  if (row.responseType === undefined) return undefined
  const fallback = row.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
  return [row.responseType, fallback].find((type) => gatewayResponses.has(type))
}

interface ChosenTemplate {
  readonly mediaType: string
  readonly template: GatewayResponseTemplate
}

/** Undefined: the API sets no template. */
function chooseTemplate(
  { templates }: CompiledGatewayResponse,
  { requestHeaders }: GatewayResponseScope,
): ChosenTemplate | undefined {
  if (templates.size === 0) return undefined
  const key = chooseTemplateKey(templates, requestHeaders)
  const mediaType = key.includes('/') ? key : 'application/json'
  return { mediaType, template: templates.get(key) ?? [] }
}

function render(template: GatewayResponseTemplate, scope: GatewayResponseScope): string {
  return template
    .map((part) => (typeof part === 'string' ? part : (scope.valueOf(part) ?? '')))
    .join('')
}

/** Of a field that the API sets and AWS has, too, the API's counts. */
function headersOf(
  row: GatewayErrorRow,
  scope: GatewayResponseScope,
  {
    shaping,
    mediaType = 'application/json',
  }: {
    readonly shaping: CompiledGatewayResponse | undefined
    readonly mediaType: string | undefined
  },
): readonly string[] {
  if (row.errorType === undefined) return ['Content-Type', 'text; charset=utf-8']
  const set = shaping === undefined ? [] : setFields(shaping, scope)
  const names = new Set(set.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  const own = [
    ['Content-Type', mediaType],
    ['x-amzn-RequestId', scope.requestId],
    ['x-amzn-ErrorType', row.errorType],
    ['x-amz-apigw-id', scope.extendedRequestId],
  ] as const
  return [...own.filter(([name]) => !names.has(name.toLowerCase())).flat(), ...set]
}

/**
 * The fields that the API sets. One without a value, or with one that no field can have, is left out, and so
 * is one that there is no more room for.
 */
function setFields({ headers }: CompiledGatewayResponse, scope: GatewayResponseScope): string[] {
  const fields: string[] = []
  let bytesLeft = responseHeaderBytesMax
  for (const { header, source } of headers) {
    const value = scope.valueOf(source)
    const rule = gatewayResponseFieldRules.find(header)
    if (value === undefined || rule === 'drop' || !isHeaderValue(value)) continue
    const bytes = header.length + value.length
    if (bytes > bytesLeft) continue
    bytesLeft -= bytes
    fields.push(rule === 'remap' ? remappedName(header) : header, value)
  }
  return fields
}

function defaultBody({ row, callerMessage }: GatewayError): string {
  const message = JSON.stringify(callerMessage)
  switch (row.body) {
    case 'compact':
      return `{"message":${message}}`
    case 'spaced':
      return `{"message": ${message}}`
    case 'capital':
      return `{"Message":${message}}`
    case 'text':
      return callerMessage ?? ''
  }
}
