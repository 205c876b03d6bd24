import { loadApiKeys } from '../../control-plane/apigateway/api-keys/load-api-keys.ts'
import { loadClientCertificates } from '../../control-plane/apigateway/client-certificates/load-client-certificates.ts'
import { loadStages } from '../../control-plane/apigateway/stages/load-stages.ts'
import { loadUsagePlans } from '../../control-plane/apigateway/usage-plans/load-usage-plans.ts'
import { loadVpcLinks } from '../../control-plane/apigateway/vpc-links/load-vpc-links.ts'
import { codeInUse, loadFunctions } from '../../control-plane/lambda/load-functions.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { GatewayCaches } from '../caches/gateway-caches.ts'
import type { GatewayCounters } from '../counters/gateway-counters.ts'
import type { GatewayFunctions } from '../functions/gateway-functions.ts'
import type { WorkerFeed } from '../workers/feed.ts'
import { sweepDefinitions } from './sweep-definitions.ts'

/**
 * Gives the feed everything that is stored and served. Stages come last: what they refer to is there before.
 * What nothing refers to any more, a definition or the code of a function, is swept.
 */
export async function loadStored(parts: {
  readonly store: StateStore
  readonly feed: WorkerFeed
  readonly functions: GatewayFunctions
  readonly counters: GatewayCounters
  readonly caches: GatewayCaches
}): Promise<void> {
  const { store, feed, functions, counters, caches } = parts
  await sweepDefinitions(store)
  await counters.start()
  await functions.sweepCode(async () => codeInUse(store))
  for await (const declaration of loadFunctions(store)) {
    feed.restore({ kind: 'function', function: declaration })
  }
  for await (const declaration of loadVpcLinks(store)) {
    feed.restore({ kind: 'declared', of: 'vpc-link', declaration })
  }
  for await (const declaration of loadUsagePlans(store)) {
    feed.restore({ kind: 'declared', of: 'usage-plan', declaration })
  }
  for await (const declaration of loadApiKeys(store)) {
    feed.restore({ kind: 'declared', of: 'api-key', declaration })
  }
  for await (const declaration of loadClientCertificates(store)) {
    feed.restore({ kind: 'declared', of: 'client-certificate', declaration })
  }
  for await (const { declaration } of loadStages(store)) {
    feed.restore({ kind: 'stage', stage: declaration })
    await caches.declare({ kind: 'stage', stage: declaration })
  }
}
