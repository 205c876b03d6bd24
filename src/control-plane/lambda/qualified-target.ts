import type { Scope } from '../../aws/identifiers.ts'
import type { Transaction } from '../transaction.ts'
import { functionArn } from './arns.ts'
import { findVersion } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import {
  keys,
  type FunctionAliasRecord,
  type FunctionRecord,
  type FunctionVersionRecord,
} from './records.ts'

/** What a qualifier names itself, not what an alias leads to. */
export type QualifiedTarget =
  | { readonly kind: 'alias'; readonly alias: FunctionAliasRecord; readonly revisionId: string }
  | {
      readonly kind: 'version'
      readonly version: FunctionVersionRecord
      readonly revisionId: string
    }

/** What may name an alias: not a number alone, and none of the characters of `$LATEST`. */
const aliasForm = /^(?!\d+$)[a-zA-Z0-9-_]+$/

/**
 * The version or the alias of that name; `$LATEST` for the function itself.
 *
 * @throws {ServiceError} ResourceNotFoundException, in other words for an alias than for a version.
 * Observed: lambda/add-permission-to-unknown-*
 */
export async function getQualifiedTarget(
  tx: Transaction,
  scope: Scope,
  record: FunctionRecord,
  qualifier = '$LATEST',
): Promise<QualifiedTarget> {
  const { functionName, aliases } = record
  const alias = Object.hasOwn(aliases, qualifier) ? aliases[qualifier] : undefined
  if (alias !== undefined) return { kind: 'alias', alias, revisionId: alias.revisionId }
  if (aliasForm.test(qualifier)) {
    throw refusals.aliasArnNotFound(functionArn(scope, functionName, qualifier))
  }
  const version = await findVersion(tx, scope, record, qualifier)
  if (version !== undefined) return { kind: 'version', version, revisionId: version.revisionId }
  throw refusals.functionNotFound(functionArn(scope, functionName, qualifier))
}

/**
 * The record of a function with another revision of one of its versions or aliases; that of a published
 * version is written.
 */
export function withNewRevision(
  tx: Transaction,
  { scope, random }: Pick<LambdaContext, 'scope' | 'random'>,
  record: FunctionRecord,
  target: QualifiedTarget,
): FunctionRecord {
  const revisionId = random.uuid()
  if (target.kind === 'alias') {
    const alias = { ...target.alias, revisionId }
    return { ...record, aliases: { ...record.aliases, [alias.name]: alias } }
  }
  const version = { ...target.version, revisionId }
  if (version.version === record.latest.version) return { ...record, latest: version }
  tx.put(keys.functionVersion(scope, record.functionName, version.version), version)
  return record
}
