import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher, Pool } from 'undici'
import type { FunctionOutcome } from '../../ports/functions.ts'
import { responseBytesMax } from '../../ports/sandboxes.ts'

/** An answer of the endpoint, whatever it says. */
export interface EndpointAnswer {
  readonly outcome: 'answer'
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What came of a call that no answer came of. */
export type NoAnswer = Extract<FunctionOutcome, { readonly outcome: 'timeout' | 'unreachable' }>

/** A signed request to the endpoint, and how long its answer may take. */
export interface EndpointRequest {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly timeoutMs: number
}

/** POSTs once and reads the answer whole, at most `responseBytesMax` of it. Never rejects. */
export function exchange(pool: Pool, request: EndpointRequest): Promise<EndpointAnswer | NoAnswer> {
  return postWithin(pool, request, async (response) => {
    const bytes = await readBounded(response)
    if (bytes === undefined) return unreachable(`answered more than ${responseBytesMax} bytes`)
    return {
      outcome: 'answer',
      status: response.statusCode,
      headers: response.headers,
      body: bytes,
    }
  })
}

/** POSTs once; the request's time ends with what `read` resolves to. Never rejects. */
export async function postWithin<Answer>(
  pool: Pool,
  { path, headers, body, timeoutMs }: EndpointRequest,
  read: (response: Dispatcher.ResponseData) => Promise<Answer | NoAnswer>,
): Promise<Answer | NoAnswer> {
  const aborter = new AbortController()
  const timer = setTimeout(() => aborter.abort(), timeoutMs)
  try {
    const { signal } = aborter
    return await read(await pool.request({ method: 'POST', path, headers, body, signal }))
  } catch (error) {
    return aborter.signal.aborted ? { outcome: 'timeout' } : unreachable(detailOf(error))
  } finally {
    clearTimeout(timer)
  }
}

/** Undefined: it is longer than it may be; its connection is given up. */
export async function readBounded({ body }: Dispatcher.ResponseData): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > responseBytesMax) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Nothing came of the call; `detail` is for the operator. */
export function unreachable(detail: string): NoAnswer {
  return { outcome: 'unreachable', detail }
}

/** Several addresses of one name fail with one error that holds the others. */
function detailOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return detailOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
