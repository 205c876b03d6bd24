import type { Scope } from '../../aws/identifiers.ts'
import type {
  FunctionAlias,
  FunctionDeclaration,
  FunctionVersion,
} from '../../snapshot/function-declaration.ts'
import type { FunctionAliasRecord, FunctionRecord, FunctionVersionRecord } from './records.ts'

/** A function as it is stored: its record and those of its published versions, in any order. */
export interface StoredFunction {
  readonly record: FunctionRecord
  readonly versions: readonly FunctionVersionRecord[]
}

/** What whoever invokes a function is told of it. `revision`: of the function's record. */
export function functionDeclarationOf(
  { account, region }: Scope,
  { record, versions }: StoredFunction,
  revision: number,
): FunctionDeclaration {
  const { functionName, latest, aliases, policies, reservedConcurrency } = record
  return {
    account,
    region,
    functionName,
    versions: Object.fromEntries(
      [latest, ...versions].map((version) => [version.version, versionOf(version)]),
    ),
    aliases: Object.fromEntries(
      Object.values(aliases).map((alias) => [alias.name, aliasOf(alias)]),
    ),
    policies,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    revision,
  }
}

function versionOf(version: FunctionVersionRecord): FunctionVersion {
  return {
    version: version.version,
    // Not AWS's RevisionId, which a permission changes too.
    revisionId: version.configurationHash,
    runtime: version.runtime,
    handler: version.handler,
    code: version.code,
    layers: version.layers.map(({ arn, sha256 }) => ({ arn, sha256 })),
    environment: version.environment ?? {},
    memoryMb: version.memorySize,
    timeoutSeconds: version.timeout,
    ephemeralStorageMb: version.ephemeralStorage,
    logGroup: version.logGroup,
  }
}

function aliasOf({ name, functionVersion, routing }: FunctionAliasRecord): FunctionAlias {
  return {
    name,
    functionVersion,
    ...(routing === undefined ? {} : { additionalVersion: routing }),
  }
}
