import type { AwsServices } from '../ports/aws-services.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContentCoder } from '../ports/content-coder.ts'
import type { Counters } from '../ports/counters.ts'
import type { Functions } from '../ports/functions.ts'
import type { LongTasks } from './long-tasks.ts'
import type { MetricSink } from '../ports/metric-sink.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { Random } from '../ports/random.ts'
import type { StageCaches } from '../ports/stage-caches.ts'
import type { Upstream } from '../ports/upstream.ts'
import type { VpcLinkTargets } from '../ports/vpc-link-targets.ts'
import type { AccountTable } from './account-table.ts'
import type { CachedAnswers } from './cached-response.ts'
import type { CacheFlights } from './cache-flights.ts'
import type { ChargeBook } from './charge-book.ts'
import type { ContentMemory } from './content-memory.ts'
import type { OperatorNotices } from './operator-notices.ts'
import type { RequestTraces } from './request-traces.ts'

/** What the pipeline needs from outside. Undefined members: nobody watches, nothing is counted. */
export interface Gateway {
  readonly upstream: Upstream
  readonly functions: Functions
  readonly awsServices: AwsServices
  readonly contentCoder: ContentCoder
  readonly longTasks: LongTasks
  /** Room for contents that requests need whole. */
  readonly contentMemory: ContentMemory
  readonly accounts: AccountTable
  readonly vpcLinkTargets: VpcLinkTargets
  readonly clock: Clock
  /**
   * The time of throttles, quotas and caches, which a test may own. Its `monotonicMs` is one for all
   * threads of the process.
   */
  readonly stageClock: Clock
  readonly random: Random
  readonly metrics: MetricSink
  readonly log: OperatorLog
  readonly notices: OperatorNotices
  /** Keeps what happened to the last requests; undefined: nothing is noted of any. */
  readonly requestTraces: RequestTraces | undefined
  readonly counters: Counters | undefined
  /** What the counters are asked for. */
  readonly charges: ChargeBook
  /** Undefined: no stage has a cache. */
  readonly caches: StageCaches | undefined
  /** Requests that ask for what a cache does not have. */
  readonly cacheFlights: CacheFlights
  readonly cachedAnswers: CachedAnswers
}
