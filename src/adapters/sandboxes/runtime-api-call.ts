import type { IncomingMessage } from 'node:http'
import { responseBytesMax } from '../../ports/sandboxes.ts'

/** What a runtime asked for, read whole. */
export type RuntimeCall =
  | { readonly kind: 'next' }
  | { readonly kind: 'ping' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'init-error'; readonly payload: string }
  | { readonly kind: 'response'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'too-large'; readonly requestId: string; readonly bytes: number }
  /** A response in a mode that there is none of. */
  | { readonly kind: 'wrong-mode'; readonly requestId: string }
  /** The connection ended before the request did. */
  | { readonly kind: 'cut-off'; readonly requestId: string }

const base = '/2018-06-01'
const invocationPath = /^\/runtime\/invocation\/([^/]+)\/(response|error)$/

/**
 * Reads a request to the Runtime API at `address`. A page in a browser is no runtime: whatever names an
 * origin or another host is unknown here. Never rejects.
 */
export async function readCall(request: IncomingMessage, address: string): Promise<RuntimeCall> {
  const { method, url = '', headers } = request
  const [path = ''] = url.split('?')
  const isForeign = headers.origin !== undefined || !isHost(headers.host, address)
  const body = await readBody(request)
  if (isForeign || !path.startsWith(base)) return { kind: 'unknown' }
  const place = path.slice(base.length)
  if (method === 'GET' && place === '/runtime/invocation/next') return { kind: 'next' }
  if (method === 'GET' && place === '/ping') return { kind: 'ping' }
  if (method !== 'POST') return { kind: 'unknown' }
  if (place === '/runtime/init/error') {
    return { kind: 'init-error', payload: errorPayload(body.text, errorTypeOf(headers)) }
  }
  const match = invocationPath.exec(place)
  if (match === null) return { kind: 'unknown' }
  const requestId = match[1] ?? ''
  if (!body.isWhole) return { kind: 'cut-off', requestId }
  if (match[2] === 'error') {
    return { kind: 'error', requestId, payload: errorPayload(body.text, errorTypeOf(headers)) }
  }
  return responseCall(request, requestId, body)
}

/**
 * The id of the invocation that a request answers with a stream; undefined: it is another request. Its body
 * is still to be read.
 */
export function findStreamedResponse(
  { method, url = '', headers }: IncomingMessage,
  address: string,
): string | undefined {
  if (method !== 'POST' || headers['lambda-runtime-function-response-mode'] !== 'streaming') {
    return undefined
  }
  if (headers.origin !== undefined || !isHost(headers.host, address)) return undefined
  const [path = ''] = url.split('?')
  const [, requestId, what] = path.startsWith(base)
    ? (invocationPath.exec(path.slice(base.length)) ?? [])
    : []
  return what === 'response' ? requestId : undefined
}

/**
 * The error that a stream names behind its last byte, as JSON text; undefined: it ended well.
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
export function streamFailureOf({ trailers }: IncomingMessage): string | undefined {
  const failure = trailers['lambda-runtime-function-error-type']
  if (failure === undefined) return undefined
  const encoded = trailers['lambda-runtime-function-error-body'] ?? ''
  return errorPayload(Buffer.from(encoded, 'base64').toString(), failure)
}

function isHost(host: string | undefined, address: string): boolean {
  return (
    host === undefined || host === address || host === address.replace('127.0.0.1', 'localhost')
  )
}

interface ReadBody {
  /** What fits into `responseBytesMax`. */
  readonly text: string
  readonly bytes: number
  readonly isWhole: boolean
}

async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const pieces: Buffer[] = []
  let bytes = 0
  let isWhole = true
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes <= responseBytesMax) pieces.push(piece)
    }
  } catch {
    isWhole = false
  }
  return { text: Buffer.concat(pieces).toString(), bytes, isWhole }
}

/** A response, streamed or not. A stream that failed on its way says so behind its last byte. */
function responseCall(
  request: IncomingMessage,
  requestId: string,
  { text, bytes }: ReadBody,
): RuntimeCall {
  const mode = request.headers['lambda-runtime-function-response-mode']
  if (mode !== undefined && mode !== 'streaming') return { kind: 'wrong-mode', requestId }
  const failure = mode === 'streaming' ? streamFailureOf(request) : undefined
  if (failure !== undefined) return { kind: 'error', requestId, payload: failure }
  if (bytes > responseBytesMax) return { kind: 'too-large', requestId, bytes }
  return { kind: 'response', requestId, payload: text }
}

function errorTypeOf(headers: IncomingMessage['headers']): string {
  const type = headers['lambda-runtime-function-error-type']
  return typeof type === 'string' && type !== '' ? type : 'Unhandled'
}

/** What the runtime sent, when it is JSON; else an error of the type that its header names. */
function errorPayload(text: string, errorType: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify({ errorType, errorMessage: text })
  }
}
