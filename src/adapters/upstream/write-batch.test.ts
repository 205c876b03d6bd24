import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { WriteBatch } from './write-batch.ts'

describe('a batch of writes', () => {
  test('holds what is written until the end of the turn, microtasks included', async () => {
    const batch = new WriteBatch()
    const [first, second] = [new PassThrough(), new PassThrough()]
    batch.hold(first)
    first.write('one')
    await Promise.resolve()
    batch.hold(second)
    second.write('two')
    assert.deepEqual([first.read(), second.read()], [null, null])
    await nextTurn()
    assert.equal(String(first.read()), 'one')
    assert.equal(String(second.read()), 'two')
  })

  test('holds a socket as often as it is written to, and lets it go each time', async () => {
    const batch = new WriteBatch()
    const socket = new PassThrough()
    batch.hold(socket)
    batch.hold(socket)
    assert.equal(socket.writableCorked, 2)
    await nextTurn()
    assert.equal(socket.writableCorked, 0)
    batch.hold(socket)
    assert.equal(socket.writableCorked, 1)
    await nextTurn()
    assert.equal(socket.writableCorked, 0)
  })
})
