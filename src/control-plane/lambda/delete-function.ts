import { withoutMember } from '../without-member.ts'
import { transactWithRevision } from '../transaction.ts'
import { changeFunction, findVersion, getFunction, readStoredFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { keys, type FunctionAliasRecord } from './records.ts'

/**
 * Deletes a function with its versions, aliases, policies and tags.
 *
 * @throws {ServiceError} ResourceNotFoundException.
 */
export async function deleteFunction(
  { scope, store, feed }: LambdaContext,
  functionName: string,
): Promise<void> {
  const { revision } = await transactWithRevision(store, async (tx) => {
    const record = await getFunction(tx, scope, { functionName })
    const { versions } = await readStoredFunction(tx, scope, record)
    for (const { version } of versions) {
      tx.remove(keys.functionVersion(scope, functionName, version))
    }
    tx.remove(keys.function(scope, functionName))
  })
  const { account, region } = scope
  await feed.publish({ kind: 'function-removed', account, region, functionName, revision })
}

/**
 * Deletes a published version and its policy.
 *
 * One that is not there is as good as deleted.
 *
 * @throws {ServiceError} in this order: no such function (told without the qualifier, as AWS does), a
 * version that an alias refers to.
 * Observed: https://github.com/floci-io/floci/pull/2824
 */
export async function deleteVersion(
  context: LambdaContext,
  { functionName, version }: { readonly functionName: string; readonly version: string },
): Promise<void> {
  const { scope } = context
  await changeFunction(context, { functionName }, async (record, tx) => {
    if ((await findVersion(tx, scope, record, version)) === undefined) {
      return { record, result: undefined }
    }
    const aliases = Object.values(record.aliases).filter((alias) => isAliasOf(alias, version))
    if (aliases.length > 0) {
      throw refusals.versionHasAliases(aliases.map(({ name }) => name))
    }
    tx.remove(keys.functionVersion(scope, functionName, version))
    const policies = withoutMember(record.policies, version)
    return { record: { ...record, policies }, result: undefined }
  })
}

function isAliasOf({ functionVersion, routing }: FunctionAliasRecord, version: string): boolean {
  return functionVersion === version || routing?.version === version
}
