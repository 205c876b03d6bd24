import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BodyTooLargeError, bytesBody, emptyBody, streamBody, type Body } from '../base/body.ts'
import { BoundedBody, boundedBody } from './bounded-body.ts'

function chunked(...pieces: readonly string[]): { body: Body; released: () => boolean } {
  let isReleased = false
  const source = async function* () {
    try {
      for (const piece of pieces) yield Buffer.from(piece)
    } finally {
      isReleased = true
    }
  }
  return { body: streamBody(source(), undefined), released: () => isReleased }
}

async function readPieces(body: Body): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of body.stream()) pieces.push(Buffer.from(piece).toString())
  return pieces
}

describe('boundedBody()', () => {
  test('returns a body of declared length as it is', () => {
    const body = bytesBody(new Uint8Array(100))
    assert.equal(boundedBody(body, 10), body)
    assert.equal(boundedBody(emptyBody, 10), emptyBody)
  })

  test('lets a body pass that ends at the bound', async () => {
    const body = boundedBody(chunked('abc', 'de').body, 5)
    assert.deepEqual(await readPieces(body), ['abc', 'de'])
    assert.ok(body instanceof BoundedBody && body.failure === undefined)
  })

  test('breaks a stream off at the first piece past the bound, and releases its source', async () => {
    const { body, released } = chunked('abc', 'def', 'ghi')
    const bounded = boundedBody(body, 5)
    await assert.rejects(readPieces(bounded), BodyTooLargeError)
    assert.ok(bounded instanceof BoundedBody && bounded.failure instanceof BodyTooLargeError)
    assert.ok(released())
  })

  test('breaks reading off, by its own bound and by the reader’s', async () => {
    const own = boundedBody(chunked('abcdef').body, 5)
    await assert.rejects(own.readAll(100), BodyTooLargeError)
    assert.ok(own instanceof BoundedBody && own.failure instanceof BodyTooLargeError)
    await assert.rejects(boundedBody(chunked('abcdef').body, 100).readAll(5), BodyTooLargeError)
  })

  test('can be peeked at, read and discarded', async () => {
    const body = boundedBody(chunked('abc', 'def').body, 10)
    assert.equal(Buffer.from(await body.peek(4)).toString(), 'abcd')
    assert.equal(Buffer.from(await body.readAll(10)).toString(), 'abcdef')
    const unwanted = chunked('abc')
    const bounded = boundedBody(unwanted.body, 10)
    await bounded.peek(1)
    bounded.discard()
    await assert.rejects(readPieces(bounded))
  })
})
