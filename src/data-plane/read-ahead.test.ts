import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readAhead } from './read-ahead.ts'

/** A source of single bytes, and what became of it. */
function sourceOf(bytes: readonly number[], failure?: Error) {
  const seen = { given: 0, isOver: false, isStopped: false }
  async function* give(): AsyncGenerator<Uint8Array> {
    try {
      for (const byte of bytes) {
        seen.given += 1
        yield Uint8Array.of(byte)
      }
      if (failure !== undefined) throw failure
      seen.isOver = true
    } finally {
      seen.isStopped = true
    }
  }
  return { seen, source: give() }
}

/** Reads so many pieces ahead. */
function upTo(count: number) {
  const reader = { copied: 0, hasEnded: false }
  return {
    reader,
    reading: {
      copy: (piece: Uint8Array) => ((reader.copied += 1) > count ? undefined : piece.slice()),
      ended: () => void (reader.hasEnded = true),
    },
  }
}

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('readAhead()', () => {
  test('gives what the source gives', async () => {
    for (const count of [0, 1, 2, 3, 9]) {
      const taken: number[] = []
      const { source } = sourceOf([1, 2, 3])
      for await (const piece of readAhead(source, upTo(count).reading)) taken.push(...piece)
      assert.deepEqual(taken, [1, 2, 3], `${count} ahead`)
    }
  })

  test('reads to the end although one piece alone was taken', async () => {
    const { source, seen } = sourceOf([1, 2, 3])
    const { reader, reading } = upTo(9)
    const pieces = readAhead(source, reading)
    await pieces.next()
    await settle()
    assert.equal(reader.hasEnded, true)
    assert.equal(seen.isOver, true)
    assert.deepEqual([...((await pieces.next()).value ?? [])], [2])
  })

  test('lets the source wait where no more is read ahead', async () => {
    const { source, seen } = sourceOf([1, 2, 3, 4])
    const { reader, reading } = upTo(1)
    const pieces = readAhead(source, reading)
    await pieces.next()
    await settle()
    assert.equal(seen.given, 2)
    await pieces.next()
    await settle()
    assert.equal(seen.given, 2)
    await pieces.next()
    assert.equal(seen.given, 3)
    assert.equal(reader.hasEnded, false)
  })

  test('breaks off after what came before', async () => {
    const { source } = sourceOf([1, 2], new Error('cut'))
    const { reader, reading } = upTo(9)
    const pieces = readAhead(source, reading)
    assert.deepEqual([...((await pieces.next()).value ?? [])], [1])
    await settle()
    assert.deepEqual([...((await pieces.next()).value ?? [])], [2])
    await assert.rejects(pieces.next(), /cut/)
    assert.equal(reader.hasEnded, false)
  })

  test('stops the source when nobody wants the rest', async () => {
    const { source, seen } = sourceOf([1, 2, 3, 4])
    const pieces = readAhead(source, upTo(1).reading)
    await pieces.next()
    await pieces.return(undefined)
    await settle()
    assert.deepEqual(seen, { given: 2, isOver: false, isStopped: true })
  })
})
