import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LogEvent, LogSink } from '../../src/ports/log-sink.ts'

export interface LogSinkUnderTest {
  readonly sink: LogSink
  /** Events that the sink has room for while nobody takes them. */
  readonly eventsMax: number
  /** What has arrived, in order. */
  readonly arrived: () => Promise<readonly LogEvent[]>
}

/** An event whose message is its number. */
export function numberedEvent(number: number): LogEvent {
  return {
    account: '000000000000',
    region: 'us-east-1',
    logGroup: 'group',
    logStream: 'stream',
    timestampMs: number,
    message: String(number),
  }
}

/** Every sentence of the `LogSink` port, as tests. */
export function logSinkContract(name: string, open: () => LogSinkUnderTest): void {
  describe(name, () => {
    test('write() passes events on in order and drops none within the bound', async () => {
      const { sink, eventsMax, arrived } = open()
      const events = Array.from({ length: eventsMax }, (_, i) => numberedEvent(i))
      for (const event of events) assert.equal(sink.write(event), undefined)
      assert.deepEqual(await arrived(), events)
      assert.equal(sink.droppedCount(), 0)
    })

    test('write() above the bound does not fail, and what is lost is counted', async () => {
      const { sink, eventsMax, arrived } = open()
      const written = eventsMax * 3 + 1
      for (let i = 0; i < written; i += 1) sink.write(numberedEvent(i))
      const events = await arrived()
      assert.ok(events.length <= eventsMax)
      assert.equal(events.length + sink.droppedCount(), written)
      const times = events.map(({ timestampMs }) => timestampMs)
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
    })
  })
}
