import { openEmbeddedCaches } from './embedded-caches.ts'
import { createContentCoder } from '../../src/adapters/node/content-coder.ts'
import {
  BodyAbortedError,
  bytesBody,
  emptyBody,
  streamBody,
  type Body,
} from '../../src/base/body.ts'
import { findField, type HeaderFields } from '../../src/base/header-fields.ts'
import { findExecuteApiAddress, readRequestTarget } from '../../src/data-plane/address.ts'
import { createExecuteApi, type ExecuteApi } from '../../src/data-plane/server.ts'
import type { UpstreamOutcome } from '../../src/ports/upstream.ts'
import type { MethodSetting, StageDeclaration } from '../../src/snapshot/stage-declaration.ts'
import { type ApiFragment, definitionOf, snapshotOf, testApiId } from './compiled-stage.ts'
import { scriptedFunctions } from './functions-script.ts'
import { recordingLog, recordingMetrics, standingClock } from './recording-sinks.ts'
import { scriptedUpstream } from './scripted-upstream.ts'
import { seededRandom } from './seeded-random.ts'

/** A golden case of the stage's cache: what a stage is, and what it answers to one request after another. */
export interface CacheCase extends ApiFragment {
  readonly behaviour: string
  readonly provenance: { readonly kind: string; readonly source: string }
  /** Members over those of settings that cache for 300 seconds, by key. */
  readonly settings: Readonly<Record<string, Partial<MethodSetting>>>
  readonly stage?: Partial<StageDeclaration>
  readonly canary?: ApiFragment & { readonly declaration: Partial<StageDeclaration>['canary'] }
  /** How the endpoint answers, one after another; the last for all that follow. `answer N` unless said. */
  readonly endpoint?: readonly CaseAnswer[]
  /** What the function gives; `{N}` in it is the number of the invocation. */
  readonly function?: string
  readonly steps: readonly CacheStep[]
}

interface CaseAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly bodyBytes?: number
  /** The content comes in pieces, without a declared length. */
  readonly isChunked?: boolean
  readonly breaksOff?: boolean
}

/** A request and what came of it, or something that happens in between. */
export interface CacheStep {
  /** `GET /pets?type=cat`, below the stage. */
  readonly request?: string
  /** Names are sent as written; a list is sent as several fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Names of header fields that the outcome shows. */
  readonly show?: readonly string[]
  /** The draw between stage and canary. */
  readonly fraction?: number
  /** `hit`, `miss` or `uncached`, the status, what is shown, and the content. */
  readonly gives?: string
  /** Seconds that pass. */
  readonly passSeconds?: number
  readonly flush?: true
  /** What the stage serves from here on. */
  readonly deploy?: ApiFragment
  /** Members over those of the stage, from here on. */
  readonly update?: Partial<StageDeclaration>
}

const cachingFor300Seconds: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: -1,
  throttlingRateLimit: -1,
  cachingEnabled: true,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

/** Runs a case through the data plane with a cache in memory, and gives its steps with what came of them. */
export async function runCacheCase(given: CacheCase): Promise<readonly CacheStep[]> {
  const stageClock = standingClock(Date.UTC(2026, 10, 9, 21, 23, 0))
  const { caches, clusters } = openEmbeddedCaches(stageClock)
  const metrics = recordingMetrics()
  const served: ApiFragment = given
  const scene = { fraction: 0.5, declaration: declarationOf(given), served, called: 0 }
  let stage = stageOf(scene, given.canary)
  await clusters.resize(stage.declaration, { bytesMax: 16 * 1024 ** 2 })
  const random = seededRandom(7)
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    upstream: scriptedUpstream(() => answerOf(given, (scene.called += 1))),
    functions: scriptedFunctions(() => ({
      outcome: 'answered',
      status: 200,
      payload: (given.function ?? '{}').replaceAll('{N}', String((scene.called += 1))),
      requestId: 'req-1',
    })),
    contentCoder: createContentCoder(),
    clock: stageClock,
    stageClock,
    random: { ...random, fraction: () => scene.fraction },
    metrics,
    log: recordingLog(),
    caches,
  })
  const steps: CacheStep[] = []
  for (const step of given.steps) {
    if (step.passSeconds !== undefined) stageClock.advance(step.passSeconds * 1000)
    if (step.flush === true) await clusters.flush(stage.declaration)
    if (step.deploy !== undefined) scene.served = step.deploy
    scene.declaration = { ...scene.declaration, ...step.update }
    stage = stageOf(scene, given.canary)
    scene.fraction = step.fraction ?? 0.5
    if (step.request === undefined) {
      steps.push(step)
      continue
    }
    const shown = await shownOf(step, executeApi)
    const isHit = metrics.records.at(-1)?.isCacheHit
    const word = isHit === undefined ? 'uncached' : isHit ? 'hit' : 'miss'
    steps.push({ ...step, gives: `${word} ${shown}` })
  }
  return steps
}

function declarationOf({ settings, stage, canary }: CacheCase): Partial<StageDeclaration> {
  const entries = Object.entries(settings).map(([key, setting]) => [
    key,
    { ...cachingFor300Seconds, ...setting },
  ])
  return {
    methodSettings: Object.fromEntries(entries) as StageDeclaration['methodSettings'],
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    ...stage,
    ...(canary?.declaration === undefined ? {} : { canary: canary.declaration }),
  }
}

function stageOf(
  scene: { readonly served: ApiFragment; readonly declaration: Partial<StageDeclaration> },
  canary: ApiFragment | undefined,
) {
  const { served, declaration } = scene
  const canaryDefinition = canary && definitionOf(canary)
  return snapshotOf({ definition: definitionOf(served), declaration, canaryDefinition })
}

async function shownOf(step: CacheStep, executeApi: ExecuteApi): Promise<string> {
  const [method = '', path = ''] = (step.request ?? '').split(' ')
  const target = `/_aws/execute-api/${testApiId}/prod${path}`
  const requestTarget = readRequestTarget({ hostField: 'localhost', target })
  const address = findExecuteApiAddress(requestTarget)
  if (address === undefined) throw new Error(`${path} is no path of a stage`)
  const headers = Object.entries(step.headers ?? {}).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => [name, each]),
  )
  const response = await executeApi.respond(
    { method, headers, body: bodyOf(step.body), sourceIp: '192.0.2.7', signal: undefined },
    address,
    requestTarget.host,
  )
  const fields = (step.show ?? []).map(
    (name) => `[${name}: ${findField(response.headers, name.toLowerCase()) ?? ''}] `,
  )
  return `${response.status} ${fields.join('')}${await contentOf(response.body)}`.trim()
}

function bodyOf(text: string | undefined): Body {
  return text === undefined ? emptyBody : bytesBody(Buffer.from(text))
}

async function contentOf(body: Body): Promise<string> {
  try {
    const bytes = Buffer.from(await body.readAll(64 * 1024 ** 2))
    if (bytes.length > 200) return `(${bytes.length} bytes)`
    return bytes[0] === 0x1f ? '(gzip)' : bytes.toString()
  } catch (error) {
    return `breaks off: ${(error as Error).name}`
  }
}

function answerOf({ endpoint = [] }: CacheCase, number: number): UpstreamOutcome {
  const answer = endpoint[Math.min(number, endpoint.length) - 1] ?? {}
  const { status = 200, headers = {}, body, bodyBytes } = answer
  const text = bodyBytes === undefined ? (body ?? `answer ${number}`) : 'y'.repeat(bodyBytes)
  const bytes = Buffer.from(text.replaceAll('{N}', String(number)))
  const fields: HeaderFields = Object.entries(headers).flat()
  return { outcome: 'response', status, headers: fields, body: answerBody(bytes, answer) }
}

function answerBody(bytes: Uint8Array, { isChunked, breaksOff }: CaseAnswer): Body {
  if (isChunked !== true) return bytes.length === 0 ? emptyBody : bytesBody(bytes)
  return streamBody(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) {
        yield bytes.subarray(at, at + 65_536)
      }
      if (breaksOff === true) throw new BodyAbortedError('the endpoint went away')
    })(),
    undefined,
  )
}
