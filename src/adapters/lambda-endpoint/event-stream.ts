import { crc32 } from 'node:zlib'

/** A message of an event stream, its headers with the values that are texts. */
export interface EventStreamMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/** What came is no event stream. */
export class EventStreamError extends Error {
  override readonly name = 'EventStreamError'
}

/** Takes bytes in whatever pieces they come, and gives the messages that are whole. */
export interface EventStreamReader {
  /** @throws {EventStreamError} */
  push(piece: Buffer): readonly EventStreamMessage[]
  /** Whether a message has begun and not ended. */
  isWithinMessage(): boolean
}

/** Bytes of a message. Documented: https://smithy.io/2.0/aws/amazon-eventstream.html */
const messageBytesMax = 24 * 1_048_576
const preludeBytes = 12
const checksumBytes = 4

/**
 * Reads `application/vnd.amazon.eventstream`: `u32 length`, `u32 length of the headers`, `u32 CRC` of both, headers,
 * payload, `u32 CRC` of all. Bound: one message is kept.
 *
 * Documented: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function createEventStreamReader(): EventStreamReader {
  let pending: Buffer[] = []
  let pendingBytes = 0
  let neededBytes = preludeBytes
  let failure: Error | undefined

  /** The next message of `bytes` from `offset`; undefined: it is not whole. */
  function read(bytes: Buffer, offset: number): Buffer | undefined {
    const left = bytes.length - offset
    neededBytes = preludeBytes
    if (left < preludeBytes) return undefined
    neededBytes = lengthOf(bytes.subarray(offset, offset + preludeBytes))
    return left < neededBytes ? undefined : bytes.subarray(offset, offset + neededBytes)
  }

  return {
    push(piece) {
      if (failure !== undefined) throw failure
      pending.push(piece)
      pendingBytes += piece.length
      if (pendingBytes < neededBytes) return []
      const bytes = Buffer.concat(pending, pendingBytes)
      const messages: EventStreamMessage[] = []
      let offset = 0
      try {
        for (let one = read(bytes, 0); one !== undefined; one = read(bytes, offset)) {
          messages.push(messageOf(one))
          offset += one.length
        }
      } catch (error) {
        // What is whole is told first.
        failure = error instanceof Error ? error : new EventStreamError(String(error))
        if (messages.length === 0) throw failure
      }
      pending = offset === bytes.length ? [] : [bytes.subarray(offset)]
      pendingBytes = bytes.length - offset
      return messages
    },
    isWithinMessage: () => pendingBytes > 0,
  }
}

function lengthOf(prelude: Buffer): number {
  const length = prelude.readUInt32BE(0)
  const headersLength = prelude.readUInt32BE(4)
  if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) {
    throw new EventStreamError('the prelude of a message is damaged')
  }
  if (length > messageBytesMax || length < preludeBytes + headersLength + checksumBytes) {
    throw new EventStreamError(`a message of ${length} bytes with headers of ${headersLength}`)
  }
  return length
}

function messageOf(bytes: Buffer): EventStreamMessage {
  const end = bytes.length - checksumBytes
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) {
    throw new EventStreamError('a message is damaged')
  }
  const headersEnd = preludeBytes + bytes.readUInt32BE(4)
  return {
    headers: headersOf(bytes.subarray(preludeBytes, headersEnd)),
    payload: bytes.subarray(headersEnd, end),
  }
}

/** Bytes of the values of each type; texts and bytes say how long they are. */
const valueBytes: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16]
const textType = 7

function headersOf(bytes: Buffer): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  try {
    for (let at = 0; at < bytes.length;) {
      const nameEnd = at + 1 + bytes.readUInt8(at)
      const name = bytes.toString('utf8', at + 1, nameEnd)
      const type = bytes.readUInt8(nameEnd)
      const fixed = valueBytes[type]
      if (fixed === undefined) throw new RangeError(`type ${type}`)
      const start = nameEnd + 1 + (fixed < 0 ? 2 : 0)
      const end = start + (fixed < 0 ? bytes.readUInt16BE(nameEnd + 1) : fixed)
      if (end > bytes.length) throw new RangeError('a value that is longer than the headers')
      if (type === textType) headers[name] = bytes.toString('utf8', start, end)
      at = end
    }
  } catch (error) {
    throw new EventStreamError(`the headers of a message are damaged: ${String(error)}`)
  }
  return headers
}
