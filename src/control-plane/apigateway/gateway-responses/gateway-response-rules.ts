import { parseGatewayResponseTarget } from '../../../engines/gateway-response-template.ts'
import {
  parseMappingExpression,
  type MappingExpression,
} from '../../../engines/parameter-mapping.ts'
import { badRequest, refusals } from '../errors.ts'
import { templatesOf } from '../template-rules.ts'

type Texts = Readonly<Record<string, string>>

/** Refusals that only gateway responses have. */
export const gatewayResponseRefusals = {
  /** Observed. */
  emptyValue: (member: 'responseParameters' | 'responseTemplates') =>
    badRequest(`Invalid null or empty value in ${member}`),
  /** Chosen, in the words of the model's own constraint. */
  statusCode: (value: string) => badRequest(`Invalid status code specified: ${value}`),
} as const

/**
 * Checks the headers that a gateway response sets: `gatewayresponse.header.NAME`, from the request, the
 * context, a stage variable or a static value.
 *
 * @throws {ServiceError} BadRequestException that names what is wrong.
 * Observed: management/put-gateway-response-*
 */
export function checkGatewayResponseParameters(parameters: Texts): void {
  if (Object.values(parameters).some(isEmpty)) {
    throw gatewayResponseRefusals.emptyValue('responseParameters')
  }
  const malformed = Object.entries(parameters).flatMap(([target, text]) => {
    if (parseGatewayResponseTarget(target) === undefined) return [target]
    const source = parseMappingExpression(text)
    return source.outcome === 'parsed' && isReadable(source.value) ? [] : [text]
  })
  if (malformed.length > 0) throw refusals.mappingExpressions(malformed)
}

/**
 * Checks the templates of a gateway response.
 *
 * @throws {ServiceError} BadRequestException for an empty one, a key that is no media type, or a template
 * above 300 KB.
 * Observed: management/update-gateway-response-empty-template
 */
export function checkGatewayResponseTemplates(templates: Texts): void {
  if (Object.values(templates).some(isEmpty)) {
    throw gatewayResponseRefusals.emptyValue('responseTemplates')
  }
  templatesOf(templates)
}

/** A caller may send null where the model says text. */
function isEmpty(value: string | null): boolean {
  return value === null || value === ''
}

/** There is no integration yet, and the body is not read, when a gateway answers of its own accord. */
function isReadable({ kind }: MappingExpression): boolean {
  return !kind.startsWith('integration.') && kind !== 'method.request.body'
}
