import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { logSinkContract, numberedEvent } from '../../../test/contracts/log-sink.ts'
import { MemoryLogSink } from './log-sink.ts'

logSinkContract('MemoryLogSink', () => {
  const sink = new MemoryLogSink({ eventsMax: 7 })
  return { sink, eventsMax: 7, arrived: async () => sink.events() }
})

describe('MemoryLogSink', () => {
  const times = (sink: MemoryLogSink) => sink.events().map(({ timestampMs }) => timestampMs)

  test('keeps the latest events', () => {
    const sink = new MemoryLogSink({ eventsMax: 3 })
    for (let i = 0; i < 10; i += 1) sink.write(numberedEvent(i))
    assert.deepEqual(times(sink), [7, 8, 9])
    assert.equal(sink.droppedCount(), 7)
  })

  test('drain() gives the events once and makes room', () => {
    const sink = new MemoryLogSink({ eventsMax: 3 })
    for (let i = 0; i < 3; i += 1) sink.write(numberedEvent(i))
    assert.equal(sink.drain().length, 3)
    assert.deepEqual(sink.drain(), [])
    for (let i = 3; i < 6; i += 1) sink.write(numberedEvent(i))
    assert.deepEqual(times(sink), [3, 4, 5])
    assert.equal(sink.droppedCount(), 0)
  })

  test('is bounded by the length of the messages too', () => {
    const sink = new MemoryLogSink({ eventsMax: 100, charactersMax: 100 })
    for (let i = 0; i < 5; i += 1) sink.write({ ...numberedEvent(i), message: 'x'.repeat(40) })
    assert.deepEqual(times(sink), [3, 4])
    sink.write({ ...numberedEvent(5), message: 'x'.repeat(101) })
    assert.deepEqual(times(sink), [3, 4])
    assert.equal(sink.droppedCount(), 4)
    sink.write({ ...numberedEvent(6), message: 'x'.repeat(100) })
    assert.deepEqual(times(sink), [6])
  })
})
