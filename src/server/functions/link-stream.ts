import { BodyAbortedError, type Body } from '../../base/body.ts'
import { createFedBody, type FedBody } from '../../base/fed-body.ts'
import type { FunctionStreamEnd } from '../../ports/functions.ts'
import { streamWindowBytes } from '../../ports/sandboxes.ts'

/*
 * A streamed answer on its way over a message port. Its reader lets it flow: what is under way, or waits to
 * be read, is never more than `streamWindowBytes`.
 */

/** What is taken is told at once when it is so much. */
const creditBytesMin = streamWindowBytes / 4

/** Bytes of one message. */
const pieceBytesMax = 65_536

/** What the end that reads says: so many bytes were taken; undefined: nobody wants the rest. */
export type FlowOrder = number | undefined

/** The end that reads. */
export interface ReceivedStream {
  readonly body: Body
  readonly ended: Promise<FunctionStreamEnd>
  take(piece: Uint8Array): void
  /** Undefined: the content is whole. */
  finish(brokenBy: string | undefined): void
  end(end: FunctionStreamEnd): void
  /** The other end is gone. */
  lose(detail: string): void
}

/** A stream that `order` lets flow. */
export function receiveStream(order: (flow: FlowOrder) => void): ReceivedStream {
  const ended = Promise.withResolvers<FunctionStreamEnd>()
  let untold = 0
  let isOver = false
  const fed: FedBody = createFedBody({
    taken(bytes) {
      untold += bytes
      if (isOver || untold < creditBytesMin) return
      order(untold)
      untold = 0
    },
    dropped() {
      if (!isOver) order(undefined)
    },
  })
  const finish = (brokenBy: string | undefined) => {
    isOver = true
    if (brokenBy === undefined) fed.end()
    else fed.fail(new BodyAbortedError(brokenBy))
  }
  return {
    body: fed.body,
    ended: ended.promise,
    take: fed.feed,
    finish,
    end: ended.resolve,
    lose(detail) {
      finish(detail)
      ended.resolve({ failure: JSON.stringify({ errorType: 'Unreachable', errorMessage: detail }) })
    },
  }
}

/** The end that sends. */
export interface SentStream {
  /** What the reader says. */
  flow(order: FlowOrder): void
}

/** Sends a body as the reader lets it flow; `finish` is told the end of it, once. */
export function sendStream(
  body: Body,
  to: {
    readonly piece: (bytes: Uint8Array) => void
    readonly finish: (brokenBy: string | undefined) => void
  },
): SentStream {
  let credit = streamWindowBytes
  let isDropped = false
  let wake: (() => void) | undefined

  async function send(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      if (isDropped) return
      const count = Math.min(piece.length - at, credit, pieceBytesMax)
      if (count === 0) await new Promise<void>((resolve) => (wake = resolve))
      else {
        // An array of its own: what it is part of would be copied whole.
        to.piece(piece.slice(at, at + count))
        credit -= count
        at += count
      }
    }
  }

  async function sendAll(): Promise<void> {
    for await (const piece of body.stream()) {
      await send(piece)
      if (isDropped) return
    }
  }

  void sendAll().then(
    () => to.finish(undefined),
    (error: unknown) => to.finish(error instanceof Error ? error.message : String(error)),
  )
  return {
    flow(order) {
      if (order === undefined) isDropped = true
      else credit += order
      wake?.()
      wake = undefined
    },
  }
}
