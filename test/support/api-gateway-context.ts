import { MemoryStateStore } from '../../src/adapters/memory/state-store.ts'
import type { AccountId, Region, Scope } from '../../src/aws/identifiers.ts'
import { defaultQuotas } from '../../src/aws/limits.ts'
import type { QuotaName } from '../../src/aws/limits.ts'
import { Secret } from '../../src/base/secret.ts'
import type { ApiGatewayContext } from '../../src/control-plane/apigateway/context.ts'
import type { AwsServicePlaces } from '../../src/ports/aws-services.ts'
import type { CertificateMaker } from '../../src/ports/certificate-maker.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { QuotaLedger } from '../../src/ports/counters.ts'
import type { FeedChange } from '../../src/ports/deployment-feed.ts'
import type { MethodTester } from '../../src/ports/method-tester.ts'
import type { OperatorFields } from '../../src/ports/operator-log.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import type { VpcLinkTargets } from '../../src/ports/vpc-link-targets.ts'
import { testQuotaLedger } from './quota-ledger.ts'
import { seededRandom } from './seeded-random.ts'

/** What handlers of API Gateway are tested on: a fresh store, a clock that stands, chance by seed. */
export interface TestApiGateway {
  readonly context: ApiGatewayContext
  /** What was published, in order. */
  readonly published: readonly FeedChange[]
  /** Events that were logged as warnings, in order. */
  readonly warnings: readonly string[]
  /** The same with their fields. */
  readonly warned: readonly OperatorFields[]
  /** Stages whose caches were flushed, in order. */
  readonly flushed: readonly string[]
  /** The same gateway seen by another account, or from another region. */
  seenFrom(scope: Partial<Record<'account' | 'region', string>>): ApiGatewayContext
}

export interface TestApiGatewayOptions {
  readonly seed?: number
  readonly store?: StateStore
  /** Without it an empty one. */
  readonly quotaLedger?: QuotaLedger
  readonly quotas?: Partial<Record<QuotaName, number>>
  /** The operator's address of a target; without it none has one. */
  readonly vpcLinkTarget?: VpcLinkTargets['find']
  /** What the operator said of AWS services; `fewServices` unless said. */
  readonly awsServices?: AwsServicePlaces
  /** Without it no path is one of any resource. */
  readonly methodTester?: MethodTester
  /** Without it certificates are texts that say what they stand for. */
  readonly certificates?: CertificateMaker
  /** Without it the time of stages stands where the other one does. */
  readonly stageClock?: Clock
}

/** Lambda is run here, DynamoDB somewhere, and somebody signs for one role. */
const fewServices: AwsServicePlaces = {
  findEndpoint(service) {
    if (service === 'lambda') return { kind: 'own' }
    return service === 'dynamodb' ? { kind: 'url' } : undefined
  },
  findCredentials: (roleArn) =>
    roleArn === 'arn:aws:iam::000000000000:role/gateway'
      ? { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: new Secret('secret') }
      : undefined,
}

/** Where the test clock stands: 2026-01-02T03:04:05Z. */
export const testEpochSeconds = 1_767_323_045

const paperCertificates: CertificateMaker = {
  makeClientCertificate: async ({ notBeforeMs, notAfterMs }) => ({
    certificatePem: `certificate from ${notBeforeMs} to ${notAfterMs}`,
    privateKeyPem: 'private key',
  }),
}

const standingClock: Clock = {
  nowMs: () => testEpochSeconds * 1_000 + 789,
  monotonicMs: () => 0,
  sleep: async () => {},
}

/** Makes a `TestApiGateway`; nothing of it needs to be closed. */
export function testApiGateway(options: TestApiGatewayOptions = {}): TestApiGateway {
  const published: FeedChange[] = []
  const warnings: string[] = []
  const warned: OperatorFields[] = []
  const flushed: string[] = []
  const scope = scopeOf({ account: '000000000000', region: 'us-east-1' })
  const context: ApiGatewayContext = {
    scope,
    store: options.store ?? new MemoryStateStore(),
    feed: {
      publish: async (change) => {
        published.push(change)
      },
    },
    clock: standingClock,
    stageClock: options.stageClock ?? standingClock,
    quotaLedger: options.quotaLedger ?? testQuotaLedger(),
    stageCaches: {
      resize: async () => {},
      flush: async ({ stageName }) => void flushed.push(stageName),
    },
    random: seededRandom(options.seed ?? 1),
    quotas: { ...defaultQuotas, ...options.quotas },
    vpcLinkTargets: { find: options.vpcLinkTarget ?? (() => undefined) },
    awsServices: options.awsServices ?? fewServices,
    certificates: options.certificates ?? paperCertificates,
    methodTester: options.methodTester ?? { test: async () => ({ outcome: 'other-path' }) },
    log: {
      info: () => {},
      warn: (event, fields) => {
        warnings.push(event)
        warned.push({ event, ...fields })
      },
      error: () => {},
    },
  }
  return {
    context,
    published,
    warnings,
    warned,
    flushed,
    seenFrom: (other) => ({ ...context, scope: scopeOf({ ...scope, ...other }) }),
  }
}

function scopeOf({ account, region }: Record<'account' | 'region', string>): Scope {
  // Any text is good enough as a test's account and region.
  return { account: account as AccountId, region: region as Region }
}
