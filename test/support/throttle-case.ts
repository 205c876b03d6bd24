import { createContentCoder } from '../../src/adapters/node/content-coder.ts'
import { createOwnCounters } from '../../src/adapters/shared-memory/counters.ts'
import type { AccountId, Region } from '../../src/aws/identifiers.ts'
import { emptyBody } from '../../src/base/body.ts'
import { createAccountTable } from '../../src/data-plane/account-table.ts'
import { findExecuteApiAddress, readRequestTarget } from '../../src/data-plane/address.ts'
import { createRequestTraces, type RequestTraces } from '../../src/data-plane/request-traces.ts'
import { createExecuteApi, type ExecuteApi } from '../../src/data-plane/server.ts'
import type { ApiDefinition } from '../../src/snapshot/definition.ts'
import type { MethodSetting } from '../../src/snapshot/stage-declaration.ts'
import type {
  ThrottleLimits,
  UsagePlanDeclaration,
} from '../../src/snapshot/usage-plan-declaration.ts'
import { definitionOf, snapshotOf, testApiId, testStageName } from './compiled-stage.ts'
import { recordingLog, recordingMetrics, standingClock } from './recording-sinks.ts'
import { neverCalled, scriptedUpstream } from './scripted-upstream.ts'
import { seededRandom } from './seeded-random.ts'

/** A golden case of throttles and quotas: what limits there are, and who is let in, one after another. */
export interface ThrottleCase {
  readonly behaviour: string
  readonly provenance: { readonly kind: string; readonly source: string }
  /** `GET /pets`; those that end in ` key` require an API key. */
  readonly methods: readonly string[]
  /** Limits in the stage's method settings, by key. */
  readonly stage?: Readonly<Record<string, { readonly rate: number; readonly burst: number }>>
  readonly account?: ThrottleLimits
  /** Of the keys `key-one` and `key-two`, whose values are `value-one` and `value-two`. */
  readonly plan?: Partial<UsagePlanDeclaration> & {
    readonly methodThrottles?: Readonly<Record<string, ThrottleLimits>>
  }
  readonly gatewayResponses?: ApiDefinition['gatewayResponses']
  /** ISO 8601; the clock stands still. */
  readonly startsAt?: string
  readonly steps: readonly ThrottleStep[]
}

/** Requests, one after another, and what came of them; or time that passes. */
export interface ThrottleStep {
  readonly request?: string
  readonly key?: string
  /** 1 unless said. */
  readonly times?: number
  /** A row for each run of equal answers: `50 × 200`, `10 × 429 … (whose limit it was)`. */
  readonly gives?: readonly string[]
  readonly passMs?: number
  readonly passDays?: number
}

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region }

/** Runs a case through the data plane and gives its steps with what came of them. */
export async function runThrottleCase(given: ThrottleCase): Promise<readonly ThrottleStep[]> {
  const clock = standingClock(Date.parse(given.startsAt ?? '2026-11-22T12:00:00Z'))
  const stage = stageOf(given)
  const requestTraces = createRequestTraces(1)
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    accounts: accountsOf(given),
    upstream: scriptedUpstream(neverCalled),
    contentCoder: createContentCoder(),
    clock,
    stageClock: clock,
    random: seededRandom(11),
    metrics: recordingMetrics(),
    log: recordingLog(),
    counters: createOwnCounters(clock),
    requestTraces,
    ...(given.account === undefined ? {} : { accountThrottle: given.account }),
  })
  const steps: ThrottleStep[] = []
  for (const step of given.steps) {
    clock.advance((step.passMs ?? 0) + (step.passDays ?? 0) * 86_400_000)
    if (step.request === undefined) steps.push(step)
    else steps.push({ ...step, gives: await givesOf(step, executeApi, requestTraces) })
  }
  return steps
}

function stageOf({ methods, stage = {}, gatewayResponses }: ThrottleCase) {
  const mock = {
    type: 'MOCK' as const,
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: { '200': {} },
  }
  const places = methods.map((method) => method.replace(/ key$/, ''))
  const keyed = methods.filter((method) => method.endsWith(' key'))
  const definition = definitionOf({
    integrations: Object.fromEntries(places.map((place) => [place, mock])),
    methods: Object.fromEntries(
      keyed.map((method) => [method.replace(/ key$/, ''), { apiKeyRequired: true }]),
    ),
    api: gatewayResponses === undefined ? {} : { gatewayResponses },
  })
  const methodSettings = Object.fromEntries(
    Object.entries(stage).map(([key, { rate, burst }]) => [key, settingOf(rate, burst)]),
  )
  return snapshotOf({ definition, declaration: { methodSettings } })
}

function accountsOf({ plan }: ThrottleCase) {
  const accounts = createAccountTable()
  if (plan === undefined) return accounts
  const { methodThrottles = {}, ...declared } = plan
  accounts.apply({
    kind: 'declared',
    of: 'usage-plan',
    declaration: {
      ...scope,
      id: 'plan01',
      revision: 1,
      apiStages: [{ restApiId: testApiId, stageName: testStageName, methodThrottles }],
      throttle: undefined,
      quota: undefined,
      ...declared,
    },
  })
  for (const name of ['one', 'two']) {
    accounts.apply({
      kind: 'declared',
      of: 'api-key',
      declaration: {
        ...scope,
        id: `key-${name}`,
        revision: 1,
        value: `value-${name}`,
        isEnabled: true,
        usagePlanIds: ['plan01'],
        usagePlanDays: { plan01: '2026-11-22' },
      },
    })
  }
  return accounts
}

async function givesOf(
  step: ThrottleStep,
  executeApi: ExecuteApi,
  traces: RequestTraces,
): Promise<readonly string[]> {
  const rows: { text: string; count: number }[] = []
  for (let i = 0; i < (step.times ?? 1); i += 1) {
    const text = await answerTo(step, executeApi, traces)
    const last = rows.at(-1)
    if (last?.text === text) last.count += 1
    else rows.push({ text, count: 1 })
  }
  return rows.map(({ text, count }) => `${count} × ${text}`)
}

async function answerTo(
  { request = '', key }: ThrottleStep,
  executeApi: ExecuteApi,
  traces: RequestTraces,
): Promise<string> {
  const [method = '', path = ''] = request.split(' ')
  const target = readRequestTarget({
    hostField: 'localhost',
    target: `/_aws/execute-api/${testApiId}/prod${path}`,
  })
  const address = findExecuteApiAddress(target)
  if (address === undefined) throw new Error(`${path} is no path of a stage`)
  const headers = key === undefined ? [] : ['x-api-key', key]
  const asked = { method, headers, body: emptyBody, sourceIp: '192.0.2.7', signal: undefined }
  const { status, body } = await executeApi.respond(asked, address, target.host)
  if (status === 200) return '200'
  const text = Buffer.from(await body.readAll(10_000)).toString()
  return `${status} ${text}${reasonOf(traces)}`
}

/** What the execution log says beside AWS's own words. */
function reasonOf(traces: RequestTraces): string {
  const requestId = traces.list()[0]?.requestId ?? ''
  const log = traces.find(requestId)?.['log']
  const lines = Array.isArray(log) ? log.map(String) : []
  const [, reason] = lines.flatMap((line) => /Stagedoor: (.*)/.exec(line) ?? [])
  return reason === undefined ? '' : ` (${reason})`
}

function settingOf(rate: number, burst: number): MethodSetting {
  return {
    metricsEnabled: false,
    dataTraceEnabled: false,
    throttlingBurstLimit: burst,
    throttlingRateLimit: rate,
    cachingEnabled: false,
    cacheTtlInSeconds: 300,
    cacheDataEncrypted: false,
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
  }
}
