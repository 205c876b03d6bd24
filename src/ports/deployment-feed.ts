import type { AccountId, DefinitionHash, Region, RestApiId, StageName } from '../aws/identifiers.ts'
import type { FunctionDeclaration } from '../snapshot/function-declaration.ts'
import type { StageDeclaration } from '../snapshot/stage-declaration.ts'
import type {
  AccountDeclarationKind,
  AccountDeclarations,
  AccountPlace,
} from '../snapshot/account-declarations.ts'

/** One change of what is served. Carries references: definitions are fetched by their hash. */
export type FeedChange = ServingChange | FunctionPlaneChange

/** What the data planes are told: what is served. */
export type ServingChange = StageFeedChange | AccountFeedChange | ResetChange

/** What the function plane is told. */
export type FunctionPlaneChange = FunctionFeedChange | ResetChange

/** A stage is served from now on, or is not. */
export type StageFeedChange =
  | { readonly kind: 'stage'; readonly stage: StageDeclaration }
  | {
      readonly kind: 'stage-removed'
      readonly restApiId: RestApiId
      readonly stageName: StageName
      /** Above the revision of every declaration it removes. */
      readonly revision: number
    }

/** Something that an account has besides its APIs is served by from now on, or is gone. */
export type AccountFeedChange = {
  [Kind in AccountDeclarationKind]:
    | {
        readonly kind: 'declared'
        readonly of: Kind
        readonly declaration: AccountDeclarations[Kind]
      }
    | (AccountPlace & {
        readonly kind: 'withdrawn'
        readonly of: Kind
        /** Above the revision of every declaration it removes. */
        readonly revision: number
      })
}[AccountDeclarationKind]

/** A function may be invoked as declared from now on, or is gone. */
export type FunctionFeedChange =
  | { readonly kind: 'function'; readonly function: FunctionDeclaration }
  | {
      readonly kind: 'function-removed'
      readonly account: AccountId
      readonly region: Region
      readonly functionName: string
      /** Above the revision of every declaration it removes. */
      readonly revision: number
    }

/** Nothing is served any more. */
export interface ResetChange {
  readonly kind: 'reset'
}

/**
 * The control plane's side: what changed, to every data plane and to the function plane.
 *
 * Ordering: changes of one stage, one function and one thing of an account carry a growing revision, and a receiver
 * ignores what is older than what it has. Delivery: at least once. `publish` resolves when each data plane of this node serves
 * the change, reported that it cannot (then it goes on serving the last good one), or was given up
 * within a bounded time. Failure policy: never rejects; the write it follows is already stored.
 */
export interface DeploymentFeed {
  publish(change: FeedChange): Promise<void>
}

/** The data plane's side: where a definition comes from. */
export interface DefinitionSource {
  /** The stored form of a definition (see `snapshot/definition.ts`). Rejects when there is none. */
  loadDefinition(hash: DefinitionHash): Promise<Uint8Array>
}
