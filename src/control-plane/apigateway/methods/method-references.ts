import type { Scope } from '../../../aws/identifiers.ts'
import type { Transaction } from '../../transaction.ts'
import { methodsOf } from '../definition-answers.ts'
import { keys, type MethodRecord } from '../records.ts'

/** A method and what of it refers to something. */
export interface MethodReference<Place> {
  /**
   * `/pets/GET`; of the root `//GET`, because the verb follows the path.
   * Observed: management/delete-model-of-the-root
   */
  readonly method: string
  readonly place: Place
}

/**
 * The first method, in order of the paths, of which `find` tells a place. Undefined: there is none.
 *
 * Every resource is read so that it must still hold at the commit: a method that begins to refer
 * meanwhile is a conflict. Resources that come or go write the API's record, which whoever calls reads.
 */
export async function findMethodReference<Place>(
  tx: Transaction,
  scope: Scope,
  {
    restApiId,
    find,
  }: { readonly restApiId: string; find(method: MethodRecord): Place | undefined },
): Promise<MethodReference<Place> | undefined> {
  const listed = await tx.list(keys.resources(scope, restApiId))
  const inOrder = listed.toSorted((a, b) => (a.value.path < b.value.path ? -1 : 1))
  for (const { value: seen } of inOrder) {
    const resource = await tx.get(keys.resource(scope, restApiId, seen.id))
    for (const [methodKey, method] of resource === undefined ? [] : methodsOf(resource)) {
      const place = find(method)
      if (place !== undefined) return { method: `${seen.path}/${methodKey}`, place }
    }
  }
  return undefined
}
