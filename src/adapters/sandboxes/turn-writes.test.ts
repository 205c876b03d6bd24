import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TurnWrites } from './turn-writes.ts'

describe('TurnWrites', () => {
  test('writes at the end of the turn, in order, each to its own', async () => {
    const writes = new TurnWrites()
    const written: string[] = []
    const to = (name: string) => ({
      write: (bytes: Buffer) => void written.push(name + bytes.toString()),
    })
    const [a, b] = [to('a'), to('b')]
    writes.add(a, Buffer.from('1'))
    writes.add(b, Buffer.from('2'))
    await Promise.resolve()
    writes.add(a, Buffer.from('3'))
    assert.deepEqual(written, [])
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(written, ['a1', 'b2', 'a3'])
    writes.add(b, Buffer.from('4'))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(written.at(-1), 'b4')
  })
})
