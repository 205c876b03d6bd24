import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { WriteBatch } from '../../adapters/upstream/write-batch.ts'
import { HeldAnswers } from './held-answers.ts'

describe('held answers', () => {
  test('stay corked until the end of the turn when they end while holding', async () => {
    const { socket, answers } = connection()
    socket.cork()
    answers.isHolding = true
    socket.uncork()
    answers.isHolding = false
    assert.equal(socket.writableCorked, 1)
    await nextTurn()
    assert.equal(socket.writableCorked, 0)
  })

  test('leave at once when they are not held', () => {
    const { socket } = connection()
    socket.cork()
    socket.uncork()
    assert.equal(socket.writableCorked, 0)
  })

  test('can be sent before the turn ends', async () => {
    const { socket, answers } = connection()
    socket.cork()
    answers.isHolding = true
    socket.uncork()
    answers.uncork()
    assert.equal(socket.writableCorked, 0)
    await nextTurn()
    assert.equal(socket.writableCorked, 0)
  })
})

function connection(): { socket: Socket; answers: HeldAnswers } {
  const socket = new Socket()
  return { socket, answers: new HeldAnswers(socket, new WriteBatch()) }
}
