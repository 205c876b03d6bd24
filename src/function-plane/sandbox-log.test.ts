import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryLogSink } from '../adapters/memory/log-sink.ts'
import { SandboxLog, type InvocationLog } from './sandbox-log.ts'

const end = {
  endMs: 2,
  durationMs: 1,
  memoryMb: 128,
  maxMemoryUsedMb: 40,
  initMs: undefined,
  failure: undefined,
  status: undefined,
}

function scene(outputCharactersMax = 1_000) {
  const sink = new MemoryLogSink()
  const place = { account: 'a', region: 'r', logGroup: 'g', logStream: 's' }
  const log = new SandboxLog(place, sink, outputCharactersMax)
  const words = () => sink.events().map(({ message }) => message.split('\t')[0])
  return { sink, log, words }
}

function invocation(requestId: string): InvocationLog {
  return { requestId, version: '1', startMs: 1, tail: undefined, end: undefined, isComplete: false }
}

describe('SandboxLog', () => {
  test('keeps the lines of an invocation together when the next has begun already', () => {
    const { log, words } = scene()
    const [first, second] = [invocation('1'), invocation('2')]
    log.begin(first)
    first.end = end
    log.begin(second)
    log.output('of the first', 1)
    log.finish(first)
    log.output('of the second', 2)
    second.end = end
    log.finish(second)
    assert.deepEqual(words(), [
      'START RequestId: 1 Version: 1',
      'of the first',
      'END RequestId: 1',
      'REPORT RequestId: 1',
      'START RequestId: 2 Version: 1',
      'of the second',
      'END RequestId: 2',
      'REPORT RequestId: 2',
    ])
  })

  test('drops a flood and says how much of it', () => {
    const { log, words } = scene(10)
    const flooded = invocation('1')
    log.begin(flooded)
    for (let i = 0; i < 5; i += 1) log.output('12345', 1)
    flooded.end = end
    log.finish(flooded)
    assert.deepEqual(words(), [
      'START RequestId: 1 Version: 1',
      '12345',
      '12345',
      '[stagedoor] 3 lines of output dropped (15 characters)',
      'END RequestId: 1',
      'REPORT RequestId: 1',
    ])
    const next = invocation('2')
    log.begin(next)
    log.output('heard', 3)
    assert.equal(words().at(-1), 'heard')
  })

  test('does not hold back lines for ever when output never settles', () => {
    const { log, words } = scene()
    for (let i = 0; i < 40; i += 1) {
      const next = invocation(`${i}`)
      log.begin(next)
      next.end = end
    }
    assert.ok(words().includes('REPORT RequestId: 20'))
  })
})
