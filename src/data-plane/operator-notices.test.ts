import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recordingLog, standingClock } from '../../test/support/recording-sinks.ts'
import { createOperatorNotices, noticeIntervalMs } from './operator-notices.ts'

function setUp() {
  const log = recordingLog()
  const clock = standingClock(0)
  const notices = createOperatorNotices({ log, clock })
  const write = (subject: string, event = 'method-closed') =>
    notices.write('warn', { event, subject, fields: { subject } })
  return { log, clock, write, notices }
}

describe('createOperatorNotices()', () => {
  test('writes a notice with its level, event and fields', () => {
    const { log, notices } = setUp()
    notices.write('error', { event: 'request-failed', subject: 'a', fields: { stage: 'prod' } })
    assert.deepEqual(log.lines, [
      {
        level: 'error',
        event: 'request-failed',
        fields: { stage: 'prod', repeatedCount: undefined },
      },
    ])
  })

  test('keeps back what repeats within the interval and counts it', () => {
    const { log, clock, write } = setUp()
    for (let i = 0; i < 5; i += 1) write('a')
    clock.advance(noticeIntervalMs - 1)
    write('a')
    assert.equal(log.lines.length, 1)
    clock.advance(1)
    write('a')
    assert.deepEqual(
      log.lines.map(({ fields }) => fields['repeatedCount']),
      [undefined, 5],
    )
  })

  test('writes up to five different notices of one subject within the interval', () => {
    const { log, notices } = setUp()
    const write = (variant: string) =>
      notices.write('warn', { event: 'request-failed', subject: 'a', variant, fields: { variant } })
    for (const variant of ['timeout', 'malformed', 'timeout', 'x1', 'x2', 'x3', 'x4', 'malformed'])
      write(variant)
    assert.deepEqual(
      log.lines.map(({ fields }) => fields['variant']),
      ['timeout', 'malformed', 'x1', 'x2', 'x3'],
    )
  })

  test('holds no subject back for another, nor for another event', () => {
    const { log, write } = setUp()
    write('a')
    write('b')
    write('a', 'request-failed')
    assert.equal(log.lines.length, 3)
  })

  test('remembers a bounded number of subjects and forgets the oldest', () => {
    const { log, write } = setUp()
    for (let i = 0; i < 1_001; i += 1) write(`subject ${i}`)
    write('subject 1000')
    assert.equal(log.lines.length, 1_001)
    write('subject 0')
    assert.equal(log.lines.length, 1_002)
  })
})
