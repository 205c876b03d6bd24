import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { streamWindowBytes } from '../../ports/sandboxes.ts'
import { openStreamedAnswer } from './streamed-answer.ts'

function openScene(bytesMax?: number) {
  const told: string[] = []
  const link = {
    credit: (bytes: number) => void told.push(`credit ${bytes}`),
    drop: () => void told.push('drop'),
  }
  const answer = openStreamedAnswer('text/x', link, bytesMax)
  return { answer, told, body: answer.stream.body }
}

describe('openStreamedAnswer()', () => {
  test('lets go on by what was read, a quarter of the window at once', async () => {
    const { answer, told, body } = openScene()
    const quarter = streamWindowBytes / 4
    for (let n = 0; n < 8; n += 1) assert.ok(answer.take(new Uint8Array(quarter / 2)))
    assert.deepEqual(told, [])
    const pieces = body.stream()[Symbol.asyncIterator]()
    for (let n = 0; n < 3; n += 1) await pieces.next()
    assert.deepEqual(told, [`credit ${quarter}`])
    await pieces.next()
    assert.deepEqual(told, [`credit ${quarter}`, `credit ${quarter}`])
  })

  test('knows who sends more than it was let', () => {
    const { answer } = openScene()
    assert.ok(answer.take(new Uint8Array(streamWindowBytes)))
    assert.ok(!answer.take(new Uint8Array(1)))
  })

  test('drops what nobody wants, once, and not when it is over', () => {
    const wanted = openScene()
    wanted.answer.settle(true)
    wanted.body.discard()
    assert.deepEqual(wanted.told, [])
    const { answer, told, body } = openScene()
    body.discard()
    answer.take(new Uint8Array(10))
    assert.deepEqual(told, ['drop'])
    assert.deepEqual(answer.outcome(), { outcome: 'streamed' })
  })

  test('breaks off behind the most that may be streamed, and lets the code run on', async () => {
    const { answer, told, body } = openScene(10)
    answer.take(new Uint8Array(8))
    answer.take(new Uint8Array(8))
    answer.take(new Uint8Array(8))
    assert.deepEqual(told, ['drop'])
    await assert.rejects(body.readAll(100), /more than 10 bytes/)
    assert.deepEqual(answer.outcome(), { outcome: 'response-too-large', bytes: 24 })
  })

  test('breaks off when the invocation fails', async () => {
    const { answer, body } = openScene()
    answer.take(new Uint8Array(8))
    answer.settle(false)
    await assert.rejects(body.readAll(100), /the function failed/)
  })
})
