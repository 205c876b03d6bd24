import type {
  DocumentationPartLocation,
  DocumentationPartType,
} from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import { isMethodKey } from '../methods/method-key.ts'
import type { DocumentationLocation } from '../records.ts'
import { documentationRefusals } from './documentation-refusals.ts'

type Field = 'path' | 'method' | 'statusCode' | 'name'

const ofMethod = ['path', 'method'] as const
const ofParameter = ['path', 'method', 'name'] as const
const ofResponse = ['path', 'method', 'statusCode'] as const

/**
 * The fields that a location of each type may have. `name` must be there where it may be, but for
 * REQUEST_BODY, whose example in the developer guide has none.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_DocumentationPartLocation.html
 */
const fieldsOf: Readonly<Record<DocumentationPartType, readonly Field[]>> = {
  API: [],
  AUTHORIZER: ['name'],
  MODEL: ['name'],
  RESOURCE: ['path'],
  METHOD: ofMethod,
  PATH_PARAMETER: ofParameter,
  QUERY_PARAMETER: ofParameter,
  REQUEST_HEADER: ofParameter,
  REQUEST_BODY: ofParameter,
  RESPONSE: ofResponse,
  RESPONSE_HEADER: [...ofResponse, 'name'],
  RESPONSE_BODY: ofResponse,
}

const defaults: Readonly<Partial<Record<Field, string>>> = {
  path: '/',
  method: '*',
  statusCode: '*',
}

/**
 * A location with its defaults filled in: the root resource, any method, any status. An empty field counts
 * as none. That what it points at exists is not asked for.
 *
 * @throws {ServiceError} BadRequestException for a field that the type does not have, one that it lacks, and
 * a path or a method that is none.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_DocumentationPartLocation.html
 */
export function documentationLocationOf(given: DocumentationPartLocation): DocumentationLocation {
  const { type } = given
  const fields = fieldsOf[type]
  for (const field of ['path', 'method', 'statusCode', 'name'] as const) {
    if (given[field] && !fields.includes(field)) {
      throw documentationRefusals.locationField(field, type)
    }
  }
  const value = (field: Field) =>
    fields.includes(field) ? given[field] || defaults[field] : undefined
  const [path, method, statusCode, name] = [
    value('path'),
    value('method'),
    value('statusCode'),
    value('name'),
  ]
  if (name === undefined && fields.includes('name') && type !== 'REQUEST_BODY') {
    throw documentationRefusals.locationFieldMissing('name', type)
  }
  if (path?.startsWith('/') === false) throw documentationRefusals.locationPath(path)
  if (method !== undefined && method !== '*' && !isMethodKey(method)) {
    throw documentationRefusals.locationMethod(method)
  }
  return { type, ...omitUndefined({ path, method, statusCode, name }) }
}

/** A location as one text, the same for equal locations and for no others. */
export function placeOf({ type, path, method, statusCode, name }: DocumentationLocation): string {
  return JSON.stringify([type, path, method, statusCode, name])
}
