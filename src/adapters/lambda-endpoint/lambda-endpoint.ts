import { getCACertificates } from 'node:tls'
import { Pool } from 'undici'
import { sha256Hex } from '../../aws/sha256.ts'
import { encodeForUri, encodeQuery, signRequest } from '../../aws/sigv4-signing.ts'
import type { SigningCredentials } from '../../aws/sigv4-signing.ts'
import type { FunctionInvocation, FunctionOutcome, Functions } from '../../ports/functions.ts'
import { outcomeOf } from './answer.ts'
import { exchange } from './exchange.ts'
import { splitFunctionArn } from './function-address.ts'
import { exchangeStreamed } from './streamed-exchange.ts'

/** Where functions are that this server does not run itself. */
export interface LambdaEndpointOptions {
  /** `https://lambda.eu-west-1.amazonaws.com`; a path is put in front of the API's. */
  readonly url: URL
  /** Asked for each invocation, so that temporary ones may change. */
  readonly credentials: () => SigningCredentials
  /** Open at a time; further invocations wait. Default: 256, chosen. */
  readonly connectionsMax?: number
  /** How long a connection may take to stand. Default: 5 s, chosen. */
  readonly connectTimeoutMs?: number
  /** PEM of authorities that are trusted besides the system's. */
  readonly ca?: string
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly nowMs?: () => number
}

const connectionsMaxDefault = 256
const connectTimeoutMsDefault = 5_000
/**
 * Below the 5 s after which Node's servers close an idle connection: an invocation that meets the end of
 * its connection fails, since it is not known whether it ran. A server's `Keep-Alive` field goes before it.
 */
const keepAliveMs = 4_000
/** Longer than any function may run, 15 minutes. Chosen. */
const answerMsMax = 930_000

/**
 * Functions behind any endpoint that speaks Lambda's Invoke API, AWS's own too.
 *
 * A streamed answer is asked for by InvokeWithResponseStream. Every call is signed (Signature Version 4) for the region of the function's ARN. `caller` goes unused:
 * the endpoint knows the holder of the credentials alone, and asks its own policies. Nothing is sent twice.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createLambdaEndpoint(
  options: LambdaEndpointOptions,
): Functions & { close(): Promise<void> } {
  const { url, nowMs = Date.now } = options
  const pool = new Pool(url.origin, {
    connections: options.connectionsMax ?? connectionsMaxDefault,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.connectTimeoutMs ?? connectTimeoutMsDefault,
      ...(options.ca === undefined ? {} : { ca: [...getCACertificates('default'), options.ca] }),
    },
  })
  return {
    async invoke(invocation): Promise<FunctionOutcome> {
      const request = signedRequest(invocation, { ...options, timeMs: nowMs() })
      if ('outcome' in request) return request
      const timeoutMs = Math.min(invocation.timeoutMs ?? answerMsMax, answerMsMax)
      if (invocation.isStreamed === true) return exchangeStreamed(pool, { ...request, timeoutMs })
      const answer = await exchange(pool, { ...request, timeoutMs })
      return answer.outcome === 'answer' ? outcomeOf(answer) : answer
    },
    close: () => pool.destroy(),
  }
}

interface WireRequest {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

interface Call extends LambdaEndpointOptions {
  readonly timeMs: number
}

/** The request, or that nobody gives credentials for one. */
function signedRequest(
  invocation: FunctionInvocation,
  call: Call,
): WireRequest | Extract<FunctionOutcome, { outcome: 'unreachable' }> {
  let credentials: SigningCredentials
  try {
    credentials = invocation.credentials ?? call.credentials()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { outcome: 'unreachable', detail: `there are no credentials: ${why}` }
  }
  return toRequest(invocation, { ...call, credentials: () => credentials })
}

function toRequest(invocation: FunctionInvocation, call: Call): WireRequest {
  const { functionArn, region, qualifier } = splitFunctionArn(invocation.functionArn)
  const prefix = call.url.pathname.replace(/\/+$/, '')
  const place = encodeForUri(functionArn)
  const path = invocation.isStreamed
    ? `${prefix}/2021-11-15/functions/${place}/response-streaming-invocations`
    : `${prefix}/2015-03-31/functions/${place}/invocations`
  const query = qualifier === undefined ? [] : [['Qualifier', qualifier] as const]
  const body = invocation.payload === '' ? '{}' : invocation.payload
  const headers = [['host', call.url.host] as const, ...invocationHeaders(invocation)]
  const signature = signRequest({
    method: 'POST',
    path,
    query,
    headers,
    bodySha256: sha256Hex(Buffer.from(body)),
    region,
    service: 'lambda',
    credentials: call.credentials(),
    timeMs: call.timeMs,
  })
  return {
    path: query.length === 0 ? path : `${path}?${encodeQuery(query)}`,
    headers: { ...Object.fromEntries([...headers, ...signature]), ...traceHeader(invocation) },
    body,
  }
}

function invocationHeaders(invocation: FunctionInvocation): (readonly [string, string])[] {
  const { clientContext, invocationType, logTail } = invocation
  const headers: (readonly [string, string])[] = [
    ['content-type', 'application/json'],
    ['x-amz-invocation-type', invocationType],
  ]
  if (logTail) headers.push(['x-amz-log-type', 'Tail'])
  if (clientContext !== undefined) {
    headers.push(['x-amz-client-context', Buffer.from(clientContext).toString('base64')])
  }
  return headers
}

/** Not signed, as the SDKs do not: what stands between may change it. */
function traceHeader({ traceId }: FunctionInvocation): Record<string, string> {
  return traceId === undefined ? {} : { 'x-amzn-trace-id': traceId }
}
