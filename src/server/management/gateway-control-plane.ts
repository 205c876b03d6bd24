import { systemClock } from '../../adapters/node/clock.ts'
import { createSystemRandom } from '../../adapters/node/random.ts'
import { createCertificateMaker } from '../../adapters/x509/certificate-maker.ts'
import { createControlPlane, type ControlPlane } from '../../control-plane/server.ts'
import { unsupported, type ServiceEntry } from '../../control-plane/service.ts'
import { services, type ControlPlaneContext } from '../../control-plane/services.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QuotaLedger } from '../../ports/counters.ts'
import type { DeploymentFeed } from '../../ports/deployment-feed.ts'
import type { MethodTester } from '../../ports/method-tester.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StageCacheClusters } from '../../ports/stage-caches.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { awsServicePlacesOf } from './aws-services.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { GatewayFunctions } from '../functions/gateway-functions.ts'
import { vpcLinkTargetsOf } from '../configuration/vpc-link-targets.ts'

/** The control plane of a gateway, with the ports that its owner has. */
export function createGatewayControlPlane(
  configuration: Configuration,
  parts: {
    readonly store: StateStore
    readonly feed: DeploymentFeed
    readonly functions: GatewayFunctions
    readonly methodTester: MethodTester
    readonly stageClock: Clock
    readonly quotaLedger: QuotaLedger
    readonly stageCaches: StageCacheClusters
    readonly log: OperatorLog
  },
): ControlPlane {
  const { account, region, quotas, functions: configured } = configuration
  const { store, feed, log, methodTester, stageClock, quotaLedger, stageCaches } = parts
  const { functions, code: functionCode, runtimes } = parts.functions
  const { endpoint } = configured
  return createControlPlane({
    services: endpoint === undefined ? services : withoutLambda(endpoint.url),
    ports: {
      ...{ store, feed, log, quotas, functions, functionCode, runtimes, methodTester },
      random: createSystemRandom(),
      certificates: createCertificateMaker(),
      clock: systemClock,
      stageClock,
      quotaLedger,
      stageCaches,
      vpcLinkTargets: vpcLinkTargetsOf(configuration.vpcLinkTargets),
      awsServices: awsServicePlacesOf(configuration.awsServices),
    },
    defaultScope: { account, region },
    managementHosts: managementHostsOf(configuration),
  })
}

/** The address that the server was told to listen on is a name of it. */
export function managementHostsOf({ main, managementHosts }: Configuration): readonly string[] {
  const own = main.host.includes(':') ? `[${main.host}]` : main.host
  return [...managementHosts, own.toLowerCase()]
}

/** Functions that live elsewhere are made there: each operation says so. */
function withoutLambda(url: string): readonly ServiceEntry<ControlPlaneContext>[] {
  const refusal = unsupported(`functions live at ${url} (--lambda-endpoint); call that for them`)
  return services.map((entry) => {
    if (entry.name !== 'lambda') return entry
    return {
      name: entry.name,
      async load() {
        const service = await entry.load()
        const names = [...service.model.operations.keys()]
        return { ...service, handlers: Object.fromEntries(names.map((name) => [name, refusal])) }
      },
    }
  })
}
