import type { Transaction } from '../transaction.ts'
import type { LambdaContext } from './context.ts'
import type { FreezeCode } from './freeze-code.ts'
import { keys, type FunctionRecord, type FunctionVersionRecord } from './records.ts'

/** A version that was published, and the function's record as that leaves it. */
export interface PublishedVersion {
  /** The very record that was given when nothing had changed since the last version. */
  readonly record: FunctionRecord
  readonly version: FunctionVersionRecord
}

/** What publishing needs besides the function. */
export interface PublishOptions {
  readonly freeze: FreezeCode
  /** Absent: that of `$LATEST`. */
  readonly description?: string | undefined
}

/**
 * Makes a version of `$LATEST`, with the next number; when neither code nor configuration has changed
 * since the last one and that is still there, it is that one. The revision of `$LATEST` changes too. A
 * folder is kept as what it holds now, so that neither version nor answer changes with it.
 *
 * Observed: lambda/publish-version-*
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html (numbers are
 * never reused, not by a function of the same name either)
 */
export async function publishVersion(
  tx: Transaction,
  { scope, clock, random }: Pick<LambdaContext, 'scope' | 'clock' | 'random'>,
  record: FunctionRecord,
  { freeze, description }: PublishOptions,
): Promise<PublishedVersion> {
  const { functionName, latest, lastPublished } = record
  const frozen = await freeze(latest)
  if (lastPublished !== undefined) {
    const last = await tx.get(keys.functionVersion(scope, functionName, lastPublished))
    if (last?.configurationHash === frozen.configurationHash) return { record, version: last }
  }
  const count = await tx.get(keys.versionCount(scope, functionName))
  const number = (count?.last ?? 0) + 1
  const version: FunctionVersionRecord = {
    ...frozen,
    version: String(number),
    description: description ?? latest.description,
    revisionId: random.uuid(),
    lastModifiedMs: clock.nowMs(),
  }
  tx.put(keys.versionCount(scope, functionName), { last: number })
  tx.put(keys.functionVersion(scope, functionName, version.version), version)
  return {
    version,
    record: {
      ...record,
      latest: { ...latest, revisionId: random.uuid() },
      lastPublished: version.version,
    },
  }
}
