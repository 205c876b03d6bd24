import type { Op } from '../../../aws/models/apigateway-types.ts'
import { badRequest, notFound } from '../errors.ts'
import { matchPath } from './patch-operations.ts'

/**
 * How tables refuse what none of their rows takes. AWS speaks in two ways: resources, models, request
 * validators, documentation parts and API keys name the path in quotes; all others do not.
 *
 * Observed: management/update-resource-*, management/update-rest-api-*, management/update-method-*
 */

/** What a table was asked and has no row for. */
export interface RefusedOperation {
  readonly op: string
  readonly path: string
}

interface RowForm {
  readonly path: string
  readonly ops: readonly Op[]
}

/** Refusals that more than one table has. */
export const patchRefusals = {
  /** Observed. */
  path: (path: string) => badRequest(`Invalid patch path ${path}`),
  /** Observed for `[replace]`. */
  operation: (ops: readonly Op[]) =>
    badRequest(`Invalid patch operation specified. Must be one of: [${ops.join(', ')}]`),
  /** Observed. The two blanks are AWS's. */
  quotedOperation: ({ op, path }: RefusedOperation) =>
    badRequest(
      `Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`,
    ),
  /** Observed. The two blanks are AWS's. */
  quotedPath: ({ op, path }: RefusedOperation, paths: readonly string[]) =>
    badRequest(
      `Invalid patch path  '${path}' specified for op '${op}'. ` +
        `Must be one of: [${paths.join(', ')}]`,
    ),
  /** Observed for method responses and gateway responses. */
  parameterNotFound: () => notFound('Invalid parameter name specified'),
  /** Observed for method responses. */
  contentTypeNotFound: () => notFound('Content-Type specified was not found'),
} as const

const opsInOrder: readonly Op[] = ['add', 'remove', 'replace']

/**
 * The `refuse` of most tables: a path that some row has is told which operations it takes, in the order
 * add, remove, replace; any other path is invalid.
 */
export function refuseByPath(rows: readonly RowForm[]): (operation: RefusedOperation) => never {
  return ({ path }) => {
    const taken = rows.filter((row) => matchPath(row.path, path) !== undefined)
    if (taken.length === 0) throw patchRefusals.path(path)
    throw patchRefusals.operation(
      opsInOrder.filter((op) => taken.some(({ ops }) => ops.includes(op))),
    )
  }
}

/**
 * The `refuse` of the tables that quote. `paths`: what AWS lists, in its order. Their rows take nothing
 * but replace.
 */
export function refuseQuoted(paths: readonly string[]): (operation: RefusedOperation) => never {
  return (operation) => {
    if (operation.op !== 'replace') throw patchRefusals.quotedOperation(operation)
    throw patchRefusals.quotedPath(operation, paths)
  }
}
