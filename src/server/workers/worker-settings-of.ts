import type { CounterMemory } from '../../adapters/shared-memory/counter-memory.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { threadRedisOf } from '../configuration/redis-settings.ts'
import { remoteLambdaOf } from '../functions/remote-functions.ts'
import type { FrontBounds } from '../http/front-bounds.ts'
import { allPlanes, executeApiAlone } from '../http/planes.ts'
import { threadAwsServicesOf } from '../management/aws-services.ts'
import type { WorkerSettings } from './worker-messages.ts'

/** What every worker thread of a gateway is started with: the configuration, and what threads share. */
export function workerSettingsOf(
  configuration: Configuration,
  shared: Pick<WorkerSettings, 'upstreamCa' | 'contentBytesMax' | 'stageClock' | 'sealKey'> & {
    readonly counters: CounterMemory
    readonly frontBounds: FrontBounds
  },
): Omit<WorkerSettings, 'signals' | 'token'> {
  const { awsServices, functions, quotas, redis } = configuration
  const { vpcLinkTargets, traceRequests, countersWithoutStore } = configuration
  return {
    ...shared,
    listeners: [allPlanes, executeApiAlone],
    vpcLinkTargets,
    awsServices: threadAwsServicesOf(awsServices),
    traceRequests,
    accountThrottle: {
      rateLimit: quotas.accountThrottleRate,
      burstLimit: quotas.accountThrottleBurst,
    },
    redis: redis && threadRedisOf(redis),
    countersWithoutStore,
    remoteLambda: functions.endpoint && remoteLambdaOf(functions.endpoint),
  }
}
