import type { AccountId, Region } from '../aws/identifiers.ts'
import type { LambdaPolicyStatement } from './lambda-policy.ts'

/**
 * Everything of a Lambda function that matters to whoever invokes it, told by the control plane to the
 * function plane as a whole: `$LATEST`, the published versions, the aliases, and who may invoke each.
 */
export interface FunctionDeclaration {
  readonly account: AccountId
  readonly region: Region
  readonly functionName: string
  /** By version: `$LATEST`, `1`, `2` … A deleted version is absent. */
  readonly versions: Readonly<Record<string, FunctionVersion>>
  readonly aliases: Readonly<Record<string, FunctionAlias>>
  /**
   * Statements by the qualifier that they were added to: empty for the unqualified function, else an
   * alias or a version. AWS looks at the policy of exactly the qualifier that is invoked.
   */
  readonly policies: Readonly<Record<string, readonly LambdaPolicyStatement[]>>
  /** Invocations at a time of all versions together; 0 refuses all. Absent: the account's rest. */
  readonly reservedConcurrency?: number
  /** Grows with every change of the function; a receiver drops what is older than what it has. */
  readonly revision: number
}

/** One version of a function: all that decides how its code is run. */
export interface FunctionVersion {
  /** `$LATEST` or the number. */
  readonly version: string
  /** Changes exactly when code or configuration does: sandboxes of another one are not used again. */
  readonly revisionId: string
  readonly runtime: string
  /** Empty where the runtime needs none (`provided.*`). */
  readonly handler: string
  readonly code: FunctionCodeReference
  /** In the order in which they are laid over each other, the first at the bottom. */
  readonly layers: readonly FunctionLayerReference[]
  /** The user's own variables. */
  readonly environment: Readonly<Record<string, string>>
  /** 128 to 10,240 MB. */
  readonly memoryMb: number
  /** 1 to 900 s. */
  readonly timeoutSeconds: number
  /** 512 to 10,240 MB of /tmp. */
  readonly ephemeralStorageMb: number
  readonly logGroup: string
}

/** Where the code of a version is. */
export type FunctionCodeReference =
  /** Of the zip, in the store of code. */
  | { readonly kind: 'zip'; readonly sha256: string }
  /** An absolute path on the server's machine; what is in it may change at any time. */
  | { readonly kind: 'folder'; readonly path: string }

export interface FunctionLayerReference {
  /** With its version. */
  readonly arn: string
  readonly sha256: string
}

export interface FunctionAlias {
  readonly name: string
  /** `$LATEST` or the number. */
  readonly functionVersion: string
  /** AWS takes one entry. Absent: all invocations go to `functionVersion`. */
  readonly additionalVersion?: {
    readonly version: string
    /** Share of the invocations, 0 to 1. */
    readonly weight: number
  }
}
