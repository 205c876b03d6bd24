import type { RequestTrace } from '../../data-plane/request-traces.ts'
import { findField, type HeaderFields } from '../../base/header-fields.ts'
import type { StageSettingsReport } from '../../control-plane/apigateway/stages/stage-settings-report.ts'
import { findPageThreat, findWebThreat } from '../../control-plane/web-guard.ts'
import type { FunctionsFigures } from '../functions/functions-figures.ts'
import type { OperatorClock } from './operator-clock.ts'
import { operatorMetrics, type OperatorState } from './operator-metrics.ts'
import { prometheusContentType, prometheusText } from './prometheus-text.ts'
import type { ForwardedAnswer, ForwardedRequest } from '../workers/worker-messages.ts'

/** What the operator API needs of the server. */
export interface OperatorContext {
  readonly version: string
  /** Names of this server beyond those it knows itself by. */
  readonly hosts: readonly string[]
  /** Undefined: ready. Otherwise why not: `loading`, `draining`. */
  notReadyBecause(): 'loading' | 'draining' | undefined
  /** Asks the workers, so it may take as long as the bound for an answer. */
  collect(): Promise<OperatorState>
  /** How functions are run, and what of them; undefined: nothing runs here, or has yet. */
  collectFunctions(): Promise<FunctionsFigures | undefined>
  /**
   * The traces of the last requests, the newest first, or of one; undefined: none are kept.
   */
  readonly traces: ((requestId?: string) => Promise<readonly RequestTrace[]>) | undefined
  /** The zip under a hash; undefined when there is none. */
  findFunctionCode(sha256: string): Promise<Uint8Array | undefined>
  /** Undefined: there is no such stage. */
  stageSettings(place: StagePlace): Promise<StageSettingsReport | undefined>
  /** Undefined: no test owns the time of stages. */
  readonly clock: OperatorClock | undefined
  /** Deletes everything that is stored and served; undefined: not allowed here. */
  readonly reset: (() => Promise<void>) | undefined
}

/** A stage as a path names it. */
interface StagePlace {
  readonly restApiId: string
  readonly stageName: string
}

/** `/_stagedoor/…` and `/_localstack/health`: what whoever runs the server asks it. Never rejects. */
export type OperatorApi = (request: ForwardedRequest) => Promise<ForwardedAnswer>

/**
 * Makes the operator API. It has no credentials: it is there for whoever reaches the listener, so it
 * says little and changes nothing but by `reset` and `clock`, which have their own leave and refuse web
 * pages.
 */
export function createOperatorApi(context: OperatorContext): OperatorApi {
  return async (request) => {
    const path = request.target.split('?', 1)[0] ?? ''
    const answer = await answerPath(path, request, context)
    return answer ?? json(404, { message: 'Not Found' })
  }
}

async function answerPath(
  path: string,
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer | undefined> {
  switch (path) {
    case '/_stagedoor/health':
      return reading(request, () => health(context))
    case '/_stagedoor/ready':
      return reading(request, () => readiness(context))
    case '/_stagedoor/version':
      return reading(request, () =>
        json(200, { version: context.version, node: process.versions.node }),
      )
    case '/_stagedoor/metrics':
      return reading(request, () => metrics(request, context))
    case '/_stagedoor/functions':
      return reading(request, () => functions(request, context))
    case '/_stagedoor/requests':
      return reading(request, () => traces(undefined, request, context))
    case '/_stagedoor/reset':
      return reset(request, context)
    case '/_stagedoor/clock':
      return clock(request, context)
    case '/_localstack/health':
      return reading(request, () => localstackHealth(context))
    default:
      return answerDeeperPath(path, request, context)
  }
}

async function answerDeeperPath(
  path: string,
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer | undefined> {
  if (path.startsWith(tracePath)) {
    const requestId = path.slice(tracePath.length)
    return reading(request, () => traces(requestId, request, context))
  }
  const [, restApiId, stageName] = stageSettingsPath.exec(path) ?? []
  if (restApiId !== undefined && stageName !== undefined) {
    return reading(request, () => stageSettings({ restApiId, stageName }, request, context))
  }
  return functionCodePath.test(path)
    ? reading(request, () => functionCode(path, request, context))
    : undefined
}

const stageSettingsPath = /^\/_stagedoor\/stages\/([\w-]+)\/([\w-]+)\/settings$/

/** How an API is set up is nobody's business but the operator's: guarded as the metrics are. */
async function stageSettings(
  place: StagePlace,
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  const threat = findReadingThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  const report = await context.stageSettings(place)
  if (report !== undefined) return json(200, { ...report })
  return json(404, { message: `there is no stage ${place.stageName} of API ${place.restApiId}` })
}

/** Where GetFunction and GetLayerVersion say that code is: its hash is its own secret, as AWS's URL is. */
const functionCodePath = /^\/_stagedoor\/functions\/code\/[0-9a-f]{64}$/

async function functionCode(
  path: string,
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  const threat = findThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  const zip = await context.findFunctionCode(path.slice(path.lastIndexOf('/') + 1))
  if (zip === undefined) return json(404, { message: 'Not Found' })
  const headers = ['Content-Type', 'application/zip', 'Cache-Control', 'no-store']
  return { status: 200, headers, body: zip }
}

function reading(
  { method }: ForwardedRequest,
  read: () => ForwardedAnswer | Promise<ForwardedAnswer>,
): ForwardedAnswer | Promise<ForwardedAnswer> {
  return method === 'GET' || method === 'HEAD' ? read() : notAllowed('GET, HEAD')
}

function health(context: OperatorContext): ForwardedAnswer {
  const reason = context.notReadyBecause()
  const ready = reason === undefined ? { ready: true } : { ready: false, reason }
  return json(200, { status: 'ok', version: context.version, ...ready })
}

function readiness(context: OperatorContext): ForwardedAnswer {
  const reason = context.notReadyBecause()
  return reason === undefined ? json(200, { ready: true }) : json(503, { ready: false, reason })
}

/** LocalStack's shape, so that scripts that wait for it go on. */
function localstackHealth({ version }: OperatorContext): ForwardedAnswer {
  return json(200, {
    services: { apigateway: 'running', lambda: 'running' },
    edition: 'stagedoor',
    version,
  })
}

async function metrics(
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  const threat = findReadingThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  const text = prometheusText(operatorMetrics(await context.collect()))
  return answerOf(200, prometheusContentType, text)
}

/** Names of functions are nobody's business but the operator's: guarded as the metrics are. */
async function functions(
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  const threat = findReadingThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  const figures = await context.collectFunctions()
  return json(200, figures === undefined ? { started: false } : { started: true, ...figures.plane })
}

const tracePath = '/_stagedoor/requests/'

/** What requests carry is nobody's business but the operator's: guarded as the metrics are. */
async function traces(
  requestId: string | undefined,
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  const threat = findReadingThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  if (context.traces === undefined) {
    return json(404, { message: 'requests are not traced: start with --trace-requests N' })
  }
  const found = await context.traces(requestId)
  if (requestId === undefined) return json(200, { requests: found })
  const [trace] = found
  return trace === undefined
    ? json(404, { message: `${requestId} is none of the last requests` })
    : json(200, trace)
}

async function reset(
  request: ForwardedRequest,
  context: OperatorContext,
): Promise<ForwardedAnswer> {
  if (request.method !== 'POST') return notAllowed('POST')
  const threat = findThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  if (context.reset === undefined) {
    return json(403, { message: 'reset needs --memory or --allow-reset' })
  }
  await context.reset()
  return json(200, { reset: true })
}

/** A test owns the time of stages where the operator says so, and nowhere else. */
function clock(request: ForwardedRequest, context: OperatorContext): ForwardedAnswer {
  const { method, body } = request
  if (!['GET', 'HEAD', 'POST'].includes(method)) return notAllowed('GET, HEAD, POST')
  const threat = findThreat(request, context)
  if (threat !== undefined) return json(403, { message: threat })
  if (context.clock === undefined) {
    return json(403, { message: "the clock is the machine's own: start with --test-clock" })
  }
  if (method !== 'POST') return json(200, { ...context.clock.read() })
  const moved = context.clock.move(new TextDecoder().decode(body))
  return moved.outcome === 'moved'
    ? json(200, { ...moved.reading })
    : json(400, { message: moved.reason })
}

function findThreat(
  { method, headers }: ForwardedRequest,
  { hosts }: OperatorContext,
): string | undefined {
  return findWebThreat(method, headers, hosts)
}

/**
 * A page that made a name of its own point here (DNS rebinding) sends that name, never a number: who
 * scrapes metrics by address needs no `--management-host`. A page that a stage serves has the number for its
 * own, and browsers say that it asks; of an address that was typed they say `none`.
 */
function findReadingThreat(
  request: ForwardedRequest,
  context: OperatorContext,
): string | undefined {
  const { method, headers } = request
  if (!isAddressedByNumber(headers)) return findThreat(request, context)
  const isTyped = findField(headers, 'sec-fetch-site') === 'none'
  return isTyped ? undefined : findPageThreat(method, headers)
}

function isAddressedByNumber(headers: HeaderFields): boolean {
  const host = findField(headers, 'host') ?? ''
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host)
}

function notAllowed(allow: string): ForwardedAnswer {
  const { status, headers, body } = json(405, { message: 'Method Not Allowed' })
  return { status, headers: [...headers, 'Allow', allow], body }
}

function json(status: number, members: Readonly<Record<string, unknown>>): ForwardedAnswer {
  return answerOf(status, 'application/json', `${JSON.stringify(members)}\n`)
}

function answerOf(status: number, contentType: string, text: string): ForwardedAnswer {
  const headers = ['Content-Type', contentType, 'Cache-Control', 'no-store']
  return { status, headers, body: Buffer.from(text) }
}
