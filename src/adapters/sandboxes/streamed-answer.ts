import { BodyAbortedError } from '../../base/body.ts'
import { createFedBody } from '../../base/fed-body.ts'
import {
  streamedBytesMax,
  streamWindowBytes,
  type SandboxOutcome,
  type SandboxStream,
} from '../../ports/sandboxes.ts'
import type { RuntimeLink } from './runtime-link.ts'

/** What was taken is told at once when it is so much: a frame for each piece would cost more than it. */
const creditBytesMin = streamWindowBytes / 4

/** An answer that the code of a sandbox is streaming. */
export interface StreamedAnswer {
  readonly stream: SandboxStream
  /** False: the code sent more than it was let. */
  take(piece: Uint8Array): boolean
  /** The code says that it is over. */
  outcome(): SandboxOutcome
  /** The invocation is over: the answer is whole, or breaks off. */
  settle(isWhole: boolean): void
}

/**
 * Makes one. Bounds: `streamWindowBytes` unread, `bytesMax` in all, behind which it breaks off and the code runs
 * on unheard.
 */
export function openStreamedAnswer(
  contentType: string,
  link: Pick<RuntimeLink, 'credit' | 'drop'>,
  bytesMax: number = streamedBytesMax,
): StreamedAnswer {
  let isOver = false
  let uncredited = 0
  let bytes = 0
  const fed = createFedBody({
    taken(count) {
      uncredited += count
      if (isOver || uncredited < creditBytesMin) return
      link.credit(uncredited)
      uncredited = 0
    },
    dropped() {
      if (!isOver) link.drop()
    },
  })
  return {
    stream: { contentType: contentType === '' ? undefined : contentType, body: fed.body },
    take(piece) {
      bytes += piece.length
      if (bytes > bytesMax && bytes - piece.length <= bytesMax) {
        fed.fail(new BodyAbortedError(`the function streamed more than ${bytesMax} bytes`))
        link.drop()
      }
      fed.feed(piece)
      return isOver || fed.heldBytes() <= streamWindowBytes
    },
    outcome: () =>
      bytes > bytesMax ? { outcome: 'response-too-large', bytes } : { outcome: 'streamed' },
    settle(isWhole) {
      isOver = true
      if (isWhole) fed.end()
      else fed.fail(new BodyAbortedError('the function failed'))
    },
  }
}
