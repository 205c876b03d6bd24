import type { AccountId, Region, Scope } from '../../aws/identifiers.ts'
import type { Architecture } from '../../aws/models/lambda-types.ts'
import type { FunctionCodeReference } from '../../snapshot/function-declaration.ts'
import type { LambdaPolicyStatement } from '../../snapshot/lambda-policy.ts'
import type { TypedKey } from '../transaction.ts'

/**
 * What is stored for the resources of Lambda, and under which keys. Times are milliseconds since 1970. A
 * member that was never given is absent. Changing a shape here is a change of the stored format: it needs
 * a migration.
 */

/**
 * A function: `$LATEST`, its aliases and who may invoke it. Every change of a function writes this
 * record, of its published versions too, so that two changes of one function are never made at once.
 */
export interface FunctionRecord {
  readonly functionName: string
  readonly latest: FunctionVersionRecord
  /** The number that was published last, whether it is still there or not. Absent: none was. */
  readonly lastPublished?: string
  /** By name. */
  readonly aliases: Readonly<Record<string, FunctionAliasRecord>>
  /** By the qualifier that the statements were added to; empty for the unqualified function. */
  readonly policies: Readonly<Record<string, readonly LambdaPolicyStatement[]>>
  readonly reservedConcurrency?: number
  readonly tags?: Readonly<Record<string, string>>
}

/** A version of a function as its owner sees it. A published one never changes but for its revision. */
export interface FunctionVersionRecord extends FunctionConfigurationRecord {
  /** `$LATEST` or the number. */
  readonly version: string
  /** AWS's RevisionId: changes with everything, a permission too. */
  readonly revisionId: string
  /** Of the configuration and the code: equal hashes run the same code in the same way. */
  readonly configurationHash: string
  readonly lastModifiedMs: number
}

/** What a user sets of a version: its code and how it is run. */
export interface FunctionConfigurationRecord extends FunctionCodeRecord {
  readonly runtime: string
  readonly role: string
  readonly handler: string
  readonly description: string
  /** Seconds. */
  readonly timeout: number
  /** MB. */
  readonly memorySize: number
  /** MB. */
  readonly ephemeralStorage: number
  /** Absent: the function never had an environment, so that none is answered. */
  readonly environment?: Readonly<Record<string, string>>
  readonly layers: readonly LayerReferenceRecord[]
  readonly architecture: Architecture
  readonly logGroup: string
}

/** The code of a version. */
export interface FunctionCodeRecord {
  readonly code: FunctionCodeReference
  /** Base64, as AWS answers it. */
  readonly codeSha256: string
  /** Bytes of the zip; 0 for a folder. */
  readonly codeSize: number
  /** Bytes of what is in the zip; 0 for a folder. */
  readonly unzippedBytes: number
}

/** A layer as a function refers to it; it outlives the layer version. */
export interface LayerReferenceRecord {
  /** With its version. */
  readonly arn: string
  readonly sha256: string
  readonly codeSize: number
  readonly unzippedBytes: number
}

export interface FunctionAliasRecord {
  readonly name: string
  /** `$LATEST` or the number. */
  readonly functionVersion: string
  readonly description: string
  readonly revisionId: string
  /** `weight`: share of the invocations that `version` gets, 0 to 1. */
  readonly routing?: { readonly version: string; readonly weight: number }
}

/** The highest number that was published under a function's name. It outlives the function. */
export interface VersionCountRecord {
  readonly last: number
}

/** A version of a layer; a published one never changes. */
export interface LayerVersionRecord {
  readonly layerName: string
  readonly version: number
  /** Of the zip, in the store of code: hexadecimal. */
  readonly sha256: string
  /** Bytes of the zip, and of what is in it. */
  readonly codeSize: number
  readonly unzippedBytes: number
  readonly createdMs: number
  readonly description: string
  readonly licenseInfo?: string
  readonly compatibleRuntimes?: readonly string[]
  readonly compatibleArchitectures?: readonly Architecture[]
}

/** A scope that has, or had, functions or layers: how a start finds them all. */
export interface LambdaScopeRecord {
  readonly account: AccountId
  readonly region: Region
}

/** The type is what is stored under the key, or below the prefix. */
const scoped = <Value>({ account, region }: Scope, ...rest: readonly string[]): TypedKey<Value> => [
  account,
  region,
  ...rest,
]

/** Keys of the records above. A function per record; a shorter call names the prefix to list. */
export const keys = {
  functions: (scope: Scope) => scoped<FunctionRecord>(scope, 'lambda-function'),
  function: (scope: Scope, functionName: string) =>
    scoped<FunctionRecord>(scope, 'lambda-function', functionName),
  functionVersions: (scope: Scope, functionName: string) =>
    scoped<FunctionVersionRecord>(scope, 'lambda-function-version', functionName),
  functionVersion: (scope: Scope, functionName: string, version: string) =>
    scoped<FunctionVersionRecord>(scope, 'lambda-function-version', functionName, version),
  versionCount: (scope: Scope, functionName: string) =>
    scoped<VersionCountRecord>(scope, 'lambda-version-count', functionName),
  layerVersions: (scope: Scope, layerName: string) =>
    scoped<LayerVersionRecord>(scope, 'lambda-layer-version', layerName),
  allLayerVersions: (scope: Scope) => scoped<LayerVersionRecord>(scope, 'lambda-layer-version'),
  layerVersion: (scope: Scope, layerName: string, version: number) =>
    scoped<LayerVersionRecord>(scope, 'lambda-layer-version', layerName, String(version)),
  layerVersionCount: (scope: Scope, layerName: string) =>
    scoped<VersionCountRecord>(scope, 'lambda-layer-version-count', layerName),
  lambdaScopes: (): TypedKey<LambdaScopeRecord> => ['*', '*', 'lambda-scope'],
  lambdaScope: ({ account, region }: Scope): TypedKey<LambdaScopeRecord> => [
    '*',
    '*',
    'lambda-scope',
    account,
    region,
  ],
} as const
