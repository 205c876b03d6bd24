import { textBody } from '../base/body.ts'
import type { GatewayResponseDefinition } from '../snapshot/definition.ts'
import type { GatewayError, GatewayErrorRow } from './gateway-error.ts'
import type { MethodResponse } from './messages.ts'

/** What a gateway response is rendered from. */
export interface GatewayResponseScope {
  readonly requestId: string
  readonly extendedRequestId: string
  /** Those that the API sets, by response type. */
  readonly gatewayResponses: Readonly<Record<string, GatewayResponseDefinition>>
  /** Value of `$context.…` or `$stageVariables.…`, given without `$`; undefined: none. */
  valueOf(reference: string): string | undefined
}

/**
 * The answer to a request that the gateway ends of its own accord.
 *
 * A type that the API does not set takes the API's DEFAULT_4XX or DEFAULT_5XX, then AWS's own answer. A
 * type that it sets keeps AWS's own for the members that it leaves out. Templates are not VTL: `$context.*`
 * and `$stageVariables.*` are put in as text, `$method.request.*` renders empty, and headers of one's own
 * (`responseParameters`) are not rendered yet: PutGatewayResponse is refused until they are.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 * Observed: cases/rest/gateway-responses
 */
export function renderGatewayResponse(
  error: GatewayError,
  scope: GatewayResponseScope,
): MethodResponse {
  const { row } = error
  const definition = findDefinition(row, scope.gatewayResponses)
  const template = definition?.responseTemplates?.['application/json']
  return {
    status: statusOf(definition) ?? row.status,
    headers: gatewayHeaders(row, scope),
    body: textBody(template === undefined ? defaultBody(error) : substitute(template, scope)),
  }
}

function findDefinition(
  row: GatewayErrorRow,
  gatewayResponses: Readonly<Record<string, GatewayResponseDefinition>>,
): GatewayResponseDefinition | undefined {
  if (row.responseType === undefined) return undefined
  const fallback = row.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
  return gatewayResponses[row.responseType] ?? gatewayResponses[fallback]
}

function statusOf(definition: GatewayResponseDefinition | undefined): number | undefined {
  return definition?.statusCode === undefined ? undefined : Number(definition.statusCode)
}

function gatewayHeaders(row: GatewayErrorRow, scope: GatewayResponseScope): readonly string[] {
  if (row.errorType === undefined) return ['Content-Type', 'text; charset=utf-8']
  return [
    'Content-Type',
    'application/json',
    'x-amzn-RequestId',
    scope.requestId,
    'x-amzn-ErrorType',
    row.errorType,
    'x-amz-apigw-id',
    scope.extendedRequestId,
  ]
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

const references = /\$(\{)?((?:context|stageVariables|method\.request)(?:\.[\w-]+)+)(?:\})?/g

function substitute(template: string, scope: GatewayResponseScope): string {
  return template.replace(references, (_whole, _brace, reference: string) => {
    return scope.valueOf(reference) ?? ''
  })
}
