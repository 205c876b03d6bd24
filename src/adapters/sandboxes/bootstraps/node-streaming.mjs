// The stream that a streaming handler writes to. What it writes is sent as it is written, where the caller
// wants it so; else it is collected here and answered as one.
import { Writable } from 'node:stream'
import { kinds } from './node-channel.mjs'
import { runtimeError } from './node-errors.mjs'

/** What may be sent before the supervisor says that more may be. */
const windowBytes = 256 * 1024
/** Bytes of one frame. */
const pieceBytesMax = 64 * 1024

/** A stream that keeps what is written. `read()` returns the bytes so far. */
export function createCollectingStream(options) {
  const chunks = []
  const stream = createResponseStream({
    ...options,
    begin() {},
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, read: () => Buffer.concat(chunks) }
}

/**
 * A stream that sends what is written, as far as the supervisor lets it. What is written behind the end of
 * the turn, or when nobody wants it, is thrown away.
 *
 * @param {{ channel: object, isCurrent: () => boolean, highWaterMark?: number }} given
 * @returns `{ stream, begin }`; `begin()` tells of the stream where nothing was written to it
 */
export function createSendingStream({ channel, isCurrent, highWaterMark }) {
  let credit = windowBytes
  let isUnwanted = false
  let held
  let contentType = ''
  let hasBegun = false
  const begin = () => {
    if (hasBegun || !isCurrent()) return
    hasBegun = true
    channel.send(kinds.streamBegin, contentType)
  }
  const goOn = () => {
    const { chunk, done } = held
    while (held.at < chunk.length) {
      if (isUnwanted || !isCurrent()) break
      const count = Math.min(chunk.length - held.at, credit, pieceBytesMax)
      if (count === 0) return
      channel.sendBytes(kinds.streamPiece, chunk.subarray(held.at, held.at + count))
      credit -= count
      held.at += count
    }
    held = undefined
    done()
  }
  const resume = () => {
    if (held === undefined || !isCurrent()) return
    channel.release()
    send()
  }
  const send = () => {
    goOn()
    // Whoever waits to be let go on is not done, though nothing else is left to do.
    if (held !== undefined && isCurrent()) channel.hold()
  }
  channel.setFlow({
    credit(bytes) {
      credit += bytes
      resume()
    },
    drop() {
      isUnwanted = true
      resume()
    },
  })
  const stream = createResponseStream({
    highWaterMark,
    begin: (type) => {
      contentType = type
    },
    write(chunk, _encoding, done) {
      begin()
      held = { chunk, at: 0, done }
      send()
    },
  })
  return { stream, begin }
}

function createResponseStream({ highWaterMark, begin, write }) {
  let hasBegun = false
  const stream = new Writable({ ...(highWaterMark > 0 ? { highWaterMark } : {}), write })
  const writePlain = stream.write.bind(stream)
  stream.setContentType = (contentType) => {
    if (hasBegun) {
      throw runtimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.')
    }
    begin(String(contentType))
  }
  // The prelude of `HttpResponseStream` hangs on `write`: as on AWS, `end(chunk)` alone does not send it.
  stream.write = (chunk, encoding, done) => {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array
    if (!hasBegun) {
      hasBegun = true
      stream._onBeforeFirstWrite?.((text) => writePlain(text))
    }
    return writePlain(isPlain ? chunk : JSON.stringify(chunk), encoding, done)
  }
  return stream
}
