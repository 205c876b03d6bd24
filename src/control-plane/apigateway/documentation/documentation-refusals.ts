import { badRequest, conflict, limitExceeded, notFound, quotaUsedUp } from '../errors.ts'
import type { DocumentationLocation } from '../records.ts'

/**
 * Every refusal of the operations on documentation parts and versions, in AWS's words where they are
 * known. A text marked `Chosen` is ours: docs/decisions/0012-documentation-account-and-caches.md.
 */
export const documentationRefusals = {
  /** Observed. */
  partNotFound: () => notFound('Invalid Documentation part identifier specified'),
  /** Documented for API; of other types the rest of the location follows in the same form. */
  partExists: (location: DocumentationLocation) =>
    conflict(
      `Documentation part already exists for the specified location: ${describe(location)}.`,
    ),
  /** Observed. */
  emptyProperties: () => badRequest('Documentation part properties must be non-empty'),
  /** Chosen. */
  properties: () => badRequest('Documentation part properties must be a JSON object'),
  /** Chosen. */
  locationField: (field: string, type: string) =>
    badRequest(`Invalid documentation location: ${field} is not a valid field for type '${type}'`),
  /** Chosen. */
  locationFieldMissing: (field: string, type: string) =>
    badRequest(`Invalid documentation location: ${field} is a required field for type '${type}'`),
  /** Chosen. */
  locationPath: (path: string) =>
    badRequest(`Invalid documentation location: path must start with '/': ${path}`),
  /** Chosen. */
  locationMethod: (method: string) =>
    badRequest(
      `Invalid documentation location: method must be an HTTP method, ANY or '*': ${method}`,
    ),
  /** Chosen. */
  tooManyParts: () => limitExceeded(quotaUsedUp('Documentation Parts', 'this API')),

  /** Observed: https://github.com/deliveryhero/serverless-aws-documentation/blob/master/src/documentation.js */
  versionNotFound: () => notFound('Invalid Documentation version specified'),
  /** Chosen: the text above, where a stage is told to show a version. */
  versionMissing: () => badRequest('Invalid Documentation version specified'),
  /** Chosen. */
  versionExists: () => conflict('Documentation version already exists'),
  /** Chosen. */
  emptyVersion: () => badRequest('Documentation version must be non-empty'),
} as const

function describe({ type, path, method, statusCode, name }: DocumentationLocation): string {
  return Object.entries({ type, path, method, 'status code': statusCode, name })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field} '${value}'`)
    .join(', ')
}
