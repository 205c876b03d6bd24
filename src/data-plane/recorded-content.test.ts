import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, streamBody } from '../base/body.ts'
import { contentBytesMax, ContentRecord, recordedBody } from './recorded-content.ts'

const pieces = (...texts: string[]) =>
  streamBody(
    (async function* () {
      for (const text of texts) yield Buffer.from(text)
    })(),
    undefined,
  )

describe('recordedBody()', () => {
  test('records what is in memory at once, and gives it back as it is', () => {
    const record = new ContentRecord()
    const body = bytesBody(Buffer.from('abc'))
    assert.equal(recordedBody(body, record), body)
    assert.equal(record.text, 'abc')
  })

  test('records what passes once, however it is read', async () => {
    const streamed = new ContentRecord()
    const body = recordedBody(pieces('ab', 'cd'), streamed)
    assert.equal(Buffer.from(await body.peek(1)).toString(), 'a')
    assert.equal(streamed.text, '')
    for await (const piece of body.stream()) assert.equal(piece.length, 2)
    assert.equal(streamed.text, 'abcd')
    const whole = new ContentRecord()
    await recordedBody(pieces('ab', 'cd'), whole).readAll(10)
    assert.deepEqual([whole.text, whole.byteLength], ['abcd', 4])
  })

  test('keeps the beginning alone of what is long', async () => {
    const record = new ContentRecord()
    await recordedBody(pieces('x'.repeat(contentBytesMax), 'y'), record).readAll(100_000)
    assert.equal(record.text, 'x'.repeat(contentBytesMax))
    assert.equal(record.byteLength, contentBytesMax + 1)
  })

  test('keeps what passed, whatever its sender does with its memory', () => {
    const record = new ContentRecord()
    const piece = Buffer.from('ab')
    record.add(piece)
    piece.fill('-')
    assert.equal(record.text, 'ab')
  })

  test('puts characters together that pieces cut', async () => {
    const record = new ContentRecord()
    const [first = 0, ...rest] = Buffer.from('ü')
    const source = streamBody(
      (async function* () {
        yield Uint8Array.of(first)
        yield Uint8Array.from(rest)
      })(),
      2,
    )
    await recordedBody(source, record).readAll(10)
    assert.equal(record.text, 'ü')
  })
})
