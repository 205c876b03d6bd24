import { mappingTemplateBytesMax } from '../../aws/limits.ts'
import { refusals } from './errors.ts'

type Templates = Readonly<Record<string, string | null>>

const contentType = /^(?:\$default|[^\s/;]+\/[^\s/;]+(?:\s*;.*)?)$/

/**
 * Mapping templates as they are stored: an empty one is null, which passes the body through.
 *
 * @throws {ServiceError} BadRequestException for a key that is no media type, or a template above
 * 300 KB.
 * Observed: management/put-integration-response-template-*
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (300 KB)
 */
export function templatesOf(given: Templates): Record<string, string | null> {
  checkContentTypes(Object.keys(given))
  const stored = Object.entries(given).map(([type, template]): [string, string | null] => {
    if (template !== null && isTooLarge(template)) throw refusals.templateSize(type)
    return [type, template === '' ? null : template]
  })
  return Object.fromEntries(stored)
}

/**
 * Checks texts that must be media types.
 *
 * @throws {ServiceError} BadRequestException that names all that are none.
 */
export function checkContentTypes(types: readonly string[]): void {
  const strange = types.filter((type) => !contentType.test(type))
  if (strange.length > 0) throw refusals.contentTypes(strange)
}

function isTooLarge(template: string): boolean {
  if (template.length * 3 <= mappingTemplateBytesMax) return false
  return new TextEncoder().encode(template).length > mappingTemplateBytesMax
}
