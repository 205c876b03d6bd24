import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, freePiece, streamBody } from './body.ts'

const pieceOf = (length: number) => new Uint8Array(length).fill(7)

async function* given(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

describe('freePiece()', () => {
  test('empties an array that has its memory for itself', () => {
    const piece = pieceOf(65_536)
    freePiece(piece)
    assert.equal(piece.length, 0)
  })

  test('leaves alone what shares its memory, and what is small', () => {
    const whole = pieceOf(65_536)
    freePiece(whole.subarray(0, 40_000))
    freePiece(whole.subarray(40_000))
    assert.equal(whole.length, 65_536)
    const small = pieceOf(100)
    freePiece(small)
    assert.equal(small.length, 100)
    const shared = new Uint8Array(new SharedArrayBuffer(65_536))
    freePiece(shared)
    assert.equal(shared.length, 65_536)
  })
})

describe('release', () => {
  test('is there where the source gives its pieces away', async () => {
    const body = streamBody(given(pieceOf(8192), pieceOf(8192)), undefined, freePiece)
    for await (const piece of body.stream()) {
      body.release?.(piece)
      assert.equal(piece.length, 0)
    }
  })

  test('is not there where it does not, nor for what is in memory', () => {
    assert.equal(streamBody(given(pieceOf(8192)), undefined).release, undefined)
    assert.equal(bytesBody(pieceOf(8192)).release, undefined)
  })

  test('ends with a peek at one piece, which whoever peeked holds', async () => {
    const body = streamBody(given(pieceOf(8192)), undefined, freePiece)
    const begin = await body.peek(10)
    assert.equal(body.release, undefined)
    assert.equal(begin.length, 10)
  })

  test('stays behind a peek at several pieces, which is a copy', async () => {
    const body = streamBody(given(pieceOf(8192), pieceOf(8192)), undefined, freePiece)
    const begin = await body.peek(10_000)
    let bytesCount = 0
    for await (const piece of body.stream()) {
      bytesCount += piece.length
      body.release?.(piece)
      assert.equal(piece.length, 0)
    }
    assert.equal(bytesCount, 16_384)
    assert.equal(begin.length, 10_000)
    assert.equal(begin[9999], 7)
  })
})
