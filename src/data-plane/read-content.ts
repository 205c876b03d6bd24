import { payloadBytesMax } from '../aws/limits.ts'
import { type Body, BodyTooLargeError, concatBytes } from '../base/body.ts'
import type { Call } from './call.ts'
import { GatewayError } from './gateway-error.ts'

/** What a request holds while it is under way. */
export type ContentHolder = Pick<Call, 'contentMemory' | 'contentBytes'>

/** So much of each content is not counted: short requests are answered however many long ones there are. */
const uncountedBytesMax = 65_536

/**
 * A content that a request needs whole, at most 10 MB. Its memory is counted as it arrives, until the request is
 * answered.
 *
 * Rejects with `GatewayError` THROTTLED when contents of other requests leave no room for it, with
 * `BodyTooLargeError` and with `BodyAbortedError`.
 * Chosen: docs/decisions/0004-workers-and-connections.md
 */
export function readContent(holder: ContentHolder, body: Body): Promise<Uint8Array> {
  const { byteLength = Infinity } = body
  return body.bytes !== undefined || byteLength <= uncountedBytesMax
    ? body.readAll(payloadBytesMax)
    : readCounted(holder, body)
}

async function readCounted(holder: ContentHolder, body: Body): Promise<Uint8Array> {
  if ((body.byteLength ?? 0) > payloadBytesMax) {
    body.discard()
    throw new BodyTooLargeError(payloadBytesMax)
  }
  const pieces: Uint8Array[] = []
  let bytesCount = 0
  for await (const piece of body.stream()) {
    bytesCount += piece.length
    if (bytesCount > payloadBytesMax) throw new BodyTooLargeError(payloadBytesMax)
    if (bytesCount > uncountedBytesMax) takeRoom(holder, piece.length)
    pieces.push(piece)
  }
  return concatBytes(pieces)
}

function takeRoom(holder: ContentHolder, bytes: number): void {
  if (!holder.contentMemory.take(bytes)) {
    throw new GatewayError('THROTTLED', {
      detail: 'contents of requests under way leave no memory for another',
      source: 'gateway',
    })
  }
  holder.contentBytes += bytes
}
