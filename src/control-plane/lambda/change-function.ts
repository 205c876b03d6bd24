import { transactWithRevision, type Transaction } from '../transaction.ts'
import { functionArn } from './arns.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { functionDeclarationOf, type StoredFunction } from './function-declaration-of.ts'
import type { FunctionAddress } from './function-name.ts'
import { keys, type FunctionRecord, type FunctionVersionRecord } from './records.ts'
import type { Scope } from '../../aws/identifiers.ts'

/** What a change makes of a function's record, and what the handler answers. */
export interface FunctionChange<Result> {
  /** The very record that the change was given: nothing is written, and nobody told. */
  readonly record: FunctionRecord
  readonly result: Result
}

/**
 * Changes a function in one step and tells the function plane what it is now, so that the next
 * invocation is one of the changed function when this resolves.
 *
 * `change` is run again when another change came between: it computes, and reads and writes through the
 * transaction alone. It may write the function's published versions; the record itself is written here.
 *
 * @throws {ServiceError} ResourceNotFoundException when there is no such function; what `change` throws.
 */
export async function changeFunction<Result>(
  context: LambdaContext,
  address: FunctionAddress,
  change: (
    record: FunctionRecord,
    tx: Transaction,
  ) => FunctionChange<Result> | Promise<FunctionChange<Result>>,
): Promise<Result> {
  const { scope, store } = context
  const { result, revision } = await transactWithRevision(store, async (tx) => {
    const before = await getFunction(tx, scope, address)
    const { record, result: answer } = await change(before, tx)
    if (record === before) return { answer }
    tx.put(keys.function(scope, record.functionName), record)
    return { answer, stored: await readStoredFunction(tx, scope, record) }
  })
  if (result.stored !== undefined) await publishFunction(context, result.stored, revision)
  return result.answer
}

/** Tells the function plane what a function is now. `revision`: of the commit that made it so. */
export async function publishFunction(
  { feed, scope }: Pick<LambdaContext, 'feed' | 'scope'>,
  stored: StoredFunction,
  revision: number,
): Promise<void> {
  await feed.publish({ kind: 'function', function: functionDeclarationOf(scope, stored, revision) })
}

/** A function with its published versions, in the order of their numbers. */
export async function readStoredFunction(
  tx: Transaction,
  scope: Scope,
  record: FunctionRecord,
): Promise<StoredFunction> {
  const listed = await tx.list(keys.functionVersions(scope, record.functionName))
  return { record, versions: inOrder(listed.map(({ value }) => value)) }
}

/** Published versions by their numbers; the store has them by the digits. */
export function inOrder(
  versions: readonly FunctionVersionRecord[],
): readonly FunctionVersionRecord[] {
  return versions.toSorted((a, b) => Number(a.version) - Number(b.version))
}

/** @throws {ServiceError} ResourceNotFoundException `Function not found: …`, qualified as the caller was. */
export async function getFunction(
  tx: Transaction,
  scope: Scope,
  { functionName, qualifier }: FunctionAddress,
): Promise<FunctionRecord> {
  const record = await tx.get(keys.function(scope, functionName))
  if (record === undefined) {
    throw refusals.functionNotFound(functionArn(scope, functionName, qualifier))
  }
  return record
}

/**
 * The version that a qualifier names, an alias's own version for an alias; `$LATEST` without one.
 *
 * @throws {ServiceError} ResourceNotFoundException when there is no such version or alias.
 */
export async function getVersion(
  tx: Transaction,
  scope: Scope,
  record: FunctionRecord,
  qualifier = '$LATEST',
): Promise<FunctionVersionRecord> {
  const version = Object.hasOwn(record.aliases, qualifier)
    ? record.aliases[qualifier]?.functionVersion
    : qualifier
  const found = await findVersion(tx, scope, record, version ?? qualifier)
  if (found !== undefined) return found
  throw refusals.functionNotFound(functionArn(scope, record.functionName, qualifier))
}

/** Undefined: there is no such version. `version` is `$LATEST` or a number. */
export async function findVersion(
  tx: Transaction,
  scope: Scope,
  { functionName, latest }: FunctionRecord,
  version: string,
): Promise<FunctionVersionRecord | undefined> {
  if (version === latest.version) return latest
  return tx.get(keys.functionVersion(scope, functionName, version))
}
