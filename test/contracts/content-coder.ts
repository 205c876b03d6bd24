import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import {
  type Body,
  BodyAbortedError,
  BodyTooLargeError,
  bytesBody,
  streamBody,
} from '../../src/base/body.ts'
import { ContentCodingError } from '../../src/base/content-coding-error.ts'
import type { ContentCoder, ContentCoding } from '../../src/ports/content-coder.ts'

const codings: readonly ContentCoding[] = ['gzip', 'deflate']
const compress = { gzip: gzipSync, deflate: deflateSync }
const decompress = { gzip: gunzipSync, deflate: inflateSync }
const megabyte = 1_048_576

/** Bytes that do not compress. */
function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 8)),
  )
}

interface Source {
  readonly body: Body
  /** Pieces that were taken so far. */
  taken(): number
  isReleased(): boolean
}

function sourceOf(bytes: Uint8Array, pieceBytes = 1_000, failure?: Error): Source {
  let taken = 0
  let isReleased = false
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        taken += 1
        yield bytes.subarray(at, at + pieceBytes)
      }
      if (failure !== undefined) throw failure
    } finally {
      isReleased = true
    }
  }
  return {
    body: streamBody(pieces(), undefined),
    taken: () => taken,
    isReleased: () => isReleased,
  }
}

/** What every coder of content does. */
export function contentCoderContract(name: string, create: () => ContentCoder): void {
  describe(name, () => {
    const coder = create()
    for (const coding of codings) {
      describe(coding, () => {
        encoding(coder, coding)
        decoding(coder, coding)
        endings(coder, coding)
      })
    }
  })
}

function encoding(coder: ContentCoder, coding: ContentCoding): void {
  for (const length of [0, 1, 5_000, 300_000]) {
    test(`encode() compresses ${length} bytes, in memory and in pieces`, async () => {
      const bytes = noise(length)
      for (const body of [bytesBody(bytes), sourceOf(bytes).body]) {
        const coded = await coder.encode(body, coding).readAll(megabyte)
        assert.deepEqual(decompress[coding](coded), bytes)
      }
    })
  }

  test('encode() knows the length of a small body in memory', () => {
    const body = coder.encode(bytesBody(Buffer.from('a'.repeat(1_000))), coding)
    assert.ok(body.byteLength !== undefined && body.byteLength < 100)
    assert.equal(body.bytes?.length, body.byteLength)
  })
}

function decoding(coder: ContentCoder, coding: ContentCoding): void {
  test('decode() gives back what was compressed, however it is cut', async () => {
    const bytes = noise(2_000)
    for (const pieceBytes of [1, 7, 100_000]) {
      const { body } = sourceOf(compress[coding](bytes), pieceBytes)
      assert.deepEqual(
        Buffer.from(await coder.decode(body, coding, megabyte).readAll(megabyte)),
        bytes,
      )
    }
  })

  test('decode() lets the begin be looked at', async () => {
    const body = coder.decode(bytesBody(compress[coding](Buffer.from('hello'))), coding, 10)
    assert.equal(Buffer.from(await body.peek(2)).toString(), 'he')
    assert.equal(Buffer.from(await body.readAll(10)).toString(), 'hello')
  })

  test('decode() takes exactly as many bytes as it may', async () => {
    const body = bytesBody(compress[coding](Buffer.alloc(megabyte)))
    assert.equal((await coder.decode(body, coding, megabyte).readAll(megabyte)).length, megabyte)
  })

  test('decode() ends one byte later', async () => {
    const body = bytesBody(compress[coding](Buffer.alloc(megabyte + 1)))
    await assert.rejects(
      coder.decode(body, coding, megabyte).readAll(2 * megabyte),
      BodyTooLargeError,
    )
  })

  test('decode() of a bomb ends at its bound and releases its source', async () => {
    const bomb = compress[coding](Buffer.alloc(20 * megabyte))
    const source = sourceOf(bomb, 256)
    const body = coder.decode(source.body, coding, megabyte)
    await assert.rejects(body.readAll(megabyte), BodyTooLargeError)
    assert.ok(source.isReleased())
  })

  for (const [what, bytes] of [
    ['text', Buffer.from('not compressed at all')],
    ['nothing', Buffer.alloc(0)],
    ['half of it', compress[coding](noise(5_000)).subarray(0, 2_000)],
    ['the other coding', compress[coding === 'gzip' ? 'deflate' : 'gzip'](noise(100))],
  ] as const) {
    test(`decode() refuses ${what}`, async () => {
      const source = sourceOf(bytes)
      const body = coder.decode(source.body, coding, megabyte)
      await assert.rejects(body.readAll(megabyte), ContentCodingError)
    })
  }
}

function endings(coder: ContentCoder, coding: ContentCoding): void {
  test('a source that breaks off breaks both off', async () => {
    const failure = new BodyAbortedError('gone')
    const coded = compress[coding](noise(5_000)).subarray(0, 2_000)
    const encoded = coder.encode(sourceOf(noise(5_000), 1_000, failure).body, coding)
    const decoded = coder.decode(sourceOf(coded, 1_000, failure).body, coding, megabyte)
    await assert.rejects(encoded.readAll(megabyte), BodyAbortedError)
    await assert.rejects(decoded.readAll(megabyte), BodyAbortedError)
  })

  test('a reader that stops taking stops the source', async () => {
    const source = sourceOf(noise(4 * megabyte), 16_384)
    const pieces = coder.encode(source.body, coding).stream()[Symbol.asyncIterator]()
    await pieces.next()
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(source.taken() < 64, `${source.taken()} of 256 pieces`)
    await pieces.return?.()
    assert.ok(source.isReleased())
  })

  test('discard() before anything is read releases the source', async () => {
    const source = sourceOf(noise(1_000))
    let isDiscarded = false
    const body: Body = {
      ...source.body,
      stream: () => source.body.stream(),
      discard: () => (isDiscarded = true),
    }
    coder.decode(body, coding, megabyte).discard()
    assert.ok(isDiscarded)
  })
}
