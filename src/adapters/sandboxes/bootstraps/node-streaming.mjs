// The stream that a streaming handler writes to. What it writes is collected here and answered as one.
import { Writable } from 'node:stream'
import { runtimeError } from './node-errors.mjs'

/** A stream that keeps what is written. `read()` returns the bytes so far. */
export function createResponseStream() {
  const chunks = []
  let hasBegun = false
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const write = stream.write.bind(stream)
  stream.setContentType = () => {
    if (hasBegun) {
      throw runtimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.')
    }
  }
  // The prelude of `HttpResponseStream` hangs on `write`: as on AWS, `end(chunk)` alone does not send it.
  stream.write = (chunk, encoding, done) => {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array
    if (!hasBegun) {
      hasBegun = true
      stream._onBeforeFirstWrite?.((text) => write(text))
    }
    return write(isPlain ? chunk : JSON.stringify(chunk), encoding, done)
  }
  return { stream, read: () => Buffer.concat(chunks) }
}
