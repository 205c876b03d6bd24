import type { Scope } from '../../aws/identifiers.ts'
import type { Quotas } from '../../aws/limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeploymentFeed } from '../../ports/deployment-feed.ts'
import type { FunctionCode } from '../../ports/function-code.ts'
import type { FunctionRuntimes } from '../../ports/function-runtimes.ts'
import type { Functions } from '../../ports/functions.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { Random } from '../../ports/random.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** What a handler of Lambda may use: the caller's scope and the ports. Handlers hold no state. */
export interface LambdaContext {
  readonly scope: Scope
  /** Where the caller reached this server: `http://localhost:4566`, without a slash at the end. */
  readonly endpoint: string
  /** Of this call. What it invokes is known by the same. */
  readonly requestId: string
  readonly store: StateStore
  readonly feed: DeploymentFeed
  readonly clock: Clock
  readonly random: Random
  readonly quotas: Quotas
  readonly log: OperatorLog
  readonly functionCode: FunctionCode
  readonly runtimes: FunctionRuntimes
  readonly functions: Functions
}
