import { pipeline } from 'node:stream/promises'
import type { Transform } from 'node:stream'
import {
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  deflateSync,
  gzipSync,
} from 'node:zlib'
import { type Body, BodyTooLargeError, bytesBody, streamBody } from '../../base/body.ts'
import { ContentCodingError } from '../../base/content-coding-error.ts'
import type { ContentCoder } from '../../ports/content-coder.ts'

/** Up to this size a body in memory is compressed at once: about a millisecond. */
const atOnceBytesMax = 65_536

/** Content codings by the zlib of Node. */
export function createContentCoder(): ContentCoder {
  return Object.freeze({
    encode(body, coding) {
      const isGzip = coding === 'gzip'
      if (body.bytes !== undefined && body.bytes.length <= atOnceBytesMax) {
        return bytesBody(isGzip ? gzipSync(body.bytes) : deflateSync(body.bytes))
      }
      const open = () => (isGzip ? createGzip() : createDeflate())
      return transformedBody(body, (source) => transformed(source, open()))
    },
    decode(body, coding, bytesMax) {
      const open = () => (coding === 'gzip' ? createGunzip() : createInflate())
      return transformedBody(body, (source) => bounded(transformed(source, open()), bytesMax))
    },
  } satisfies ContentCoder)
}

/** A body whose source is the other's, and is discarded with it even before it is read. */
function transformedBody(
  body: Body,
  transform: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): Body {
  const own = streamBody({ [Symbol.asyncIterator]: () => lazily(body, transform) }, undefined)
  const discard = () => {
    own.discard()
    body.discard()
  }
  return {
    byteLength: undefined,
    bytes: undefined,
    peek: (bytesMax) => own.peek(bytesMax),
    readAll: (bytesMax) => own.readAll(bytesMax),
    stream: () => own.stream(),
    discard,
  }
}

async function* lazily(
  body: Body,
  transform: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* transform(body.stream())
}

async function* transformed(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  const fed = pipeline(source, transform).then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    for await (const piece of transform) yield bytesOf(piece)
  } catch (error) {
    throw isZlibError(error) ? new ContentCodingError(error.message, { cause: error }) : error
  } finally {
    transform.destroy()
    await fed
  }
}

function bytesOf(piece: unknown): Uint8Array {
  return piece instanceof Uint8Array ? piece : new Uint8Array(0)
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

async function* bounded(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytesCount = 0
  for await (const piece of pieces) {
    bytesCount += piece.length
    if (bytesCount > bytesMax) throw new BodyTooLargeError(bytesMax)
    yield piece
  }
}
