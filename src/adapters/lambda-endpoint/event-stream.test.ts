import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventMessage, invokeComplete, payloadChunk } from '../../../test/support/event-stream.ts'
import { createEventStreamReader } from './event-stream.ts'

describe('createEventStreamReader()', () => {
  const bytes = Buffer.concat([payloadChunk('one'), payloadChunk(''), invokeComplete({ a: 'ä' })])
  const expected = ['PayloadChunk one', 'PayloadChunk ', 'InvokeComplete {"a":"ä"}']

  test('reads the same messages from pieces of any size', () => {
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = createEventStreamReader()
      const read: string[] = []
      for (let at = 0; at < bytes.length; at += size) {
        for (const { headers, payload } of reader.push(bytes.subarray(at, at + size))) {
          read.push(`${headers[':event-type']} ${payload.toString()}`)
        }
      }
      assert.deepEqual(read, expected, `pieces of ${size}`)
      assert.ok(!reader.isWithinMessage())
    }
  })

  test("reads AWS's own example", () => {
    const example = Buffer.from(
      '0000003d0000002007fd83960c636f6e74656e742d74797065070010617070' +
        '6c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1',
      'hex',
    )
    const [message] = createEventStreamReader().push(example)
    assert.deepEqual(message?.headers, { 'content-type': 'application/json' })
    assert.equal(message?.payload.toString(), "{'foo':'bar'}")
  })

  for (const at of [0, 5, 9, 20, bytes.length - 1]) {
    test(`refuses what is damaged at ${at}`, () => {
      const damaged = Buffer.from(invokeComplete({ a: 'b' }))
      const place = Math.min(at, damaged.length - 1)
      damaged[place] = (damaged[place] ?? 0) ^ 1
      assert.throws(() => createEventStreamReader().push(damaged), { name: 'EventStreamError' })
    })
  }

  test('refuses headers that go beyond their end', () => {
    const message = eventMessage({ name: 'value' }, '')
    const broken = Buffer.from(eventMessage({}, message.subarray(12, 15)))
    assert.equal(createEventStreamReader().push(broken).length, 1)
  })
})
