import type { IncomingMessage } from 'node:http'
import { streamWindowBytes } from '../../ports/sandboxes.ts'
import { streamFailureOf } from './runtime-api-call.ts'
import type { RuntimeLinkEvents } from './runtime-link.ts'

/** A response that a custom runtime is streaming. */
export interface RuntimeApiStream {
  /** So many more bytes may be read. */
  credit(bytes: number): void
  /** The rest is read and thrown away. */
  drop(): void
  /** Tells all of it but its end. Never rejects. */
  readTo(
    events: Pick<RuntimeLinkEvents, 'streamBegin' | 'streamPiece'>,
  ): Promise<RuntimeApiStreamEnd>
}

/** How it ended. `payload`: JSON text of the error. */
export type RuntimeApiStreamEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'failed'; readonly payload: string }
  /** The connection ended before the response did. */
  | { readonly kind: 'cut-off' }

/** Reads a request's body piece by piece, no faster than its credit allows: TCP holds the runtime back. */
export function openRuntimeApiStream(request: IncomingMessage): RuntimeApiStream {
  let creditBytes = streamWindowBytes
  let isDropped = false
  let wake: (() => void) | undefined

  function goOn(): void {
    wake?.()
    wake = undefined
  }

  async function tell(
    piece: Buffer,
    events: Pick<RuntimeLinkEvents, 'streamPiece'>,
  ): Promise<void> {
    for (let at = 0; at < piece.length;) {
      if (isDropped) return
      const count = Math.min(piece.length - at, creditBytes)
      if (count === 0) await new Promise<void>((resolve) => (wake = resolve))
      else {
        creditBytes -= count
        events.streamPiece(new Uint8Array(piece.subarray(at, at + count)))
        at += count
      }
    }
  }

  return {
    credit(bytes) {
      creditBytes += bytes
      goOn()
    },
    drop() {
      isDropped = true
      goOn()
    },
    async readTo(events) {
      events.streamBegin(request.headers['content-type'] ?? '')
      try {
        for await (const piece of request as AsyncIterable<Buffer>) await tell(piece, events)
      } catch {
        return { kind: 'cut-off' }
      }
      const payload = streamFailureOf(request)
      return payload === undefined ? { kind: 'whole' } : { kind: 'failed', payload }
    },
  }
}
