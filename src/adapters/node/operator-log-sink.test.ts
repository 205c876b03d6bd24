import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { logSinkContract, numberedEvent } from '../../../test/contracts/log-sink.ts'
import type { LogEvent } from '../../ports/log-sink.ts'
import type { OperatorFields } from '../../ports/operator-log.ts'
import { createOperatorLogSink } from './operator-log-sink.ts'

function recordingSink(limits: { eventsPerSecondMax?: number; charactersMax?: number } = {}) {
  const lines: { readonly event: string; readonly fields: OperatorFields }[] = []
  const write = (event: string, fields: OperatorFields) => void lines.push({ event, fields })
  const time = { nowMs: 0 }
  const sink = createOperatorLogSink({
    log: { info: write, warn: write, error: write },
    clock: { nowMs: () => 0, monotonicMs: () => time.nowMs, sleep: async () => {} },
    event: 'function-log',
    ...limits,
  })
  return { sink, lines, time }
}

logSinkContract('createOperatorLogSink()', () => {
  const { sink, lines } = recordingSink({ eventsPerSecondMax: 7 })
  // The fields of a line are those of the event.
  const arrived = async () => lines.map(({ fields }) => fields as unknown as LogEvent)
  return { sink, eventsMax: 7, arrived }
})

describe('createOperatorLogSink()', () => {
  test('begins a line with its word', () => {
    const { sink, lines } = recordingSink()
    sink.write(numberedEvent(1))
    assert.deepEqual(lines, [{ event: 'function-log', fields: { ...numberedEvent(1) } }])
  })

  test('writes again when a second is over', () => {
    const { sink, lines, time } = recordingSink({ eventsPerSecondMax: 1 })
    for (const nowMs of [0, 999, 1000]) {
      time.nowMs = nowMs
      sink.write(numberedEvent(nowMs))
    }
    assert.deepEqual(
      lines.map(({ fields }) => fields['timestampMs']),
      [0, 1000],
    )
    assert.equal(sink.droppedCount(), 1)
  })

  test('cuts what is long', () => {
    const { sink, lines } = recordingSink({ charactersMax: 3 })
    sink.write({ ...numberedEvent(1), message: 'abcdef' })
    assert.equal(lines[0]?.fields['message'], 'abc…')
  })
})
