import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../src/ports/upstream.ts'

/** What an endpoint was asked for, with the content that came with it. */
export interface RecordedRequest {
  readonly request: UpstreamRequest
  readonly body: Uint8Array
}

/** An `Upstream` that answers what a test says and keeps what it was asked. */
export interface ScriptedUpstream extends Upstream {
  readonly recorded: readonly RecordedRequest[]
}

/** How an endpoint answers a request; its content has been read by then. */
export type UpstreamScript = (
  recorded: RecordedRequest,
) => UpstreamOutcome | Promise<UpstreamOutcome>

/**
 * Makes an upstream that reads each request to its end, as a server would, and then asks the script. A
 * body that cannot be read to its end is the outcome `aborted`, as the real clients have it.
 */
export function scriptedUpstream(script: UpstreamScript): ScriptedUpstream {
  const recorded: RecordedRequest[] = []
  return {
    recorded,
    async exchange(request) {
      const pieces: Uint8Array[] = []
      try {
        for await (const piece of request.body.stream()) pieces.push(piece)
      } catch (error) {
        return { outcome: 'aborted', detail: `the request body broke off: ${String(error)}` }
      }
      const received = { request, body: Buffer.concat(pieces) }
      recorded.push(received)
      return script(received)
    },
    close: () => Promise.resolve(),
  }
}

/** A script for tests in which no endpoint may be called. */
export const neverCalled: UpstreamScript = ({ request }) => {
  throw new Error(`the endpoint was called: ${request.method} ${request.target}`)
}
