import type { Scope } from '../../aws/identifiers.ts'
import type { Quotas } from '../../aws/limits.ts'
import type { AwsServicePlaces } from '../../ports/aws-services.ts'
import type { CertificateMaker } from '../../ports/certificate-maker.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QuotaLedger } from '../../ports/counters.ts'
import type { DeploymentFeed } from '../../ports/deployment-feed.ts'
import type { MethodTester } from '../../ports/method-tester.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { Random } from '../../ports/random.ts'
import type { StageCacheClusters } from '../../ports/stage-caches.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { VpcLinkTargets } from '../../ports/vpc-link-targets.ts'

/** What a handler of API Gateway may use: the caller's scope and the ports. Handlers hold no state. */
export interface ApiGatewayContext {
  readonly scope: Scope
  readonly store: StateStore
  readonly feed: DeploymentFeed
  readonly clock: Clock
  /** The time of quotas and caches, which a test may own. */
  readonly stageClock: Clock
  readonly quotaLedger: QuotaLedger
  readonly stageCaches: StageCacheClusters
  readonly random: Random
  readonly quotas: Quotas
  readonly log: OperatorLog
  readonly vpcLinkTargets: VpcLinkTargets
  readonly awsServices: AwsServicePlaces
  readonly methodTester: MethodTester
  readonly certificates: CertificateMaker
}
