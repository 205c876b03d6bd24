import type { SandboxInvocation } from '../../ports/sandboxes.ts'

/**
 * Kinds of the frames between this host and the in-house bootstraps. A frame is
 * `u32 BE length of what follows`, `u8 kind`, content. Chosen: docs/decisions/0027-functions-as-processes.md
 */
export const frameKinds = Object.freeze({
  invoke: 1,
  ready: 2,
  response: 3,
  error: 4,
  initError: 5,
  log: 6,
  warning: 7,
  /** An error after which the child ends. */
  lastError: 8,
  /** A streamed answer begins; its content type. It ends with `streamEnd`, or an error. */
  streamBegin: 9,
  streamPiece: 10,
  streamEnd: 11,
  /** From the host: `u32 BE` bytes that may be sent of the stream under way beyond those before. */
  credit: 12,
  /** From the host: the rest of the stream under way is not wanted, and not to be sent. */
  drop: 13,
})

/** Bytes of a frame; a longer one ends the connection. An answer that is longer is skipped unread. */
export const frameBytesMax = 16 * 1_048_576

const lengthBytes = 4
const headBytes = lengthBytes + 1

/** More may be sent of the stream under way. */
export function creditFrame(bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + 4)
  frame.writeUInt32BE(5, 0)
  frame[lengthBytes] = frameKinds.credit
  frame.writeUInt32BE(bytes, headBytes)
  return frame
}

/** No more is to be sent of the stream under way. */
export function dropFrame(): Buffer {
  return Buffer.from([0, 0, 0, 1, frameKinds.drop])
}

/** One write: an invocation as the frame that a bootstrap takes. */
export function invokeFrame(invocation: SandboxInvocation): Buffer {
  const { requestId, deadlineMs, invokedFunctionArn, traceId, clientContext, payload } = invocation
  const header = JSON.stringify({
    requestId,
    deadlineMs,
    invokedFunctionArn,
    traceId,
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(invocation.onStream === undefined ? {} : { isStreamed: true }),
  })
  const headerBytes = Buffer.byteLength(header)
  const length = 1 + 4 + headerBytes + Buffer.byteLength(payload)
  const frame = Buffer.allocUnsafe(lengthBytes + length)
  frame.writeUInt32BE(length, 0)
  frame[lengthBytes] = frameKinds.invoke
  frame.writeUInt32BE(headerBytes, headBytes)
  frame.write(header, headBytes + 4, 'utf8')
  frame.write(payload, headBytes + 4 + headerBytes, 'utf8')
  return frame
}

/** What a reader of frames tells. Every kind is one that a child may send. */
export interface FrameEvents {
  /** The content is only good until the call returns. */
  frame(kind: number, content: Buffer): void
  /** An answer over `answerBytesMax`; its content was skipped. */
  tooLarge(bytes: number): void
  /** What came is no frame. Nothing is told after it. */
  broken(detail: string): void
}

/** Takes bytes in whatever pieces they come. */
export interface FrameReader {
  push(chunk: Buffer): void
}

/**
 * Reads the frames that a child sends. Bounds: no more than one frame is kept, and never more than
 * `frameBytesMax` of it; what is larger is skipped (an answer) or ends the reading (anything else).
 */
export function createFrameReader(answerBytesMax: number, events: FrameEvents): FrameReader {
  let isBroken = false
  /** The pieces of what is not whole yet, and what they are together. */
  let pieces: Buffer[] = []
  let pendingBytes = 0
  /** Bytes of a frame, its length included, once its head is known; the head alone until then. */
  let neededBytes = headBytes
  let skipBytes = 0
  let skippedBytes = 0

  function take(frame: Buffer): void {
    events.frame(frame[lengthBytes] ?? 0, frame.subarray(headBytes))
  }

  function fail(detail: string): void {
    isBroken = true
    pieces = []
    events.broken(detail)
  }

  /** What the frame whose head is at `offset` needs; undefined when it is none. */
  function measure(bytes: Buffer, offset: number): number | undefined {
    const length = bytes.readUInt32BE(offset)
    const kind = bytes[offset + lengthBytes] ?? 0
    if (length === 0 || kind < frameKinds.ready || kind > frameKinds.streamEnd) {
      fail(`no frame begins with the length ${length} and the kind ${kind}`)
      return undefined
    }
    if (kind === frameKinds.response && length - 1 > answerBytesMax) {
      skipBytes = lengthBytes + length
      skippedBytes = length - 1
    } else if (length > frameBytesMax) {
      fail(`a frame of ${length} bytes is over ${frameBytesMax}`)
      return undefined
    }
    return lengthBytes + length
  }

  /** Consumes from `offset`; the new offset, or undefined when the rest was kept or nothing more counts. */
  function step(chunk: Buffer, offset: number): number | undefined {
    if (chunk.length - offset < headBytes) return keep(chunk, offset)
    const frameBytes = measure(chunk, offset)
    if (frameBytes === undefined) return undefined
    if (skipBytes > 0) return skip(chunk, offset)
    neededBytes = frameBytes
    if (chunk.length - offset < frameBytes) return keep(chunk, offset)
    neededBytes = headBytes
    take(chunk.subarray(offset, offset + frameBytes))
    return offset + frameBytes
  }

  function keep(chunk: Buffer, offset: number): undefined {
    if (offset === chunk.length) return
    pieces.push(chunk.subarray(offset))
    pendingBytes += chunk.length - offset
  }

  function skip(chunk: Buffer, offset: number): number | undefined {
    const present = Math.min(skipBytes, chunk.length - offset)
    skipBytes -= present
    if (skipBytes > 0) return undefined
    events.tooLarge(skippedBytes)
    return offset + present
  }

  /** The pieces as one, once they hold what is needed; pieces of one byte each are joined once. */
  function join(): Buffer {
    const joined = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, pendingBytes)
    pieces = []
    pendingBytes = 0
    neededBytes = headBytes
    return joined ?? Buffer.alloc(0)
  }

  function push(chunk: Buffer): void {
    if (isBroken || chunk.length === 0) return
    let bytes = chunk
    let offset: number | undefined = 0
    if (pendingBytes > 0) {
      keep(chunk, 0)
      if (pendingBytes < neededBytes) return
      bytes = join()
    } else if (skipBytes > 0) offset = skip(chunk, 0)
    while (offset !== undefined && offset < bytes.length) offset = step(bytes, offset)
  }

  return { push }
}
