import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryLogSink } from '../adapters/memory/log-sink.ts'
import { LogTail } from './log-tail.ts'
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

/** Its output settles when the test says so. */
function scene(outputCharactersMax = 1_000, takesPlatformLines = true) {
  const sink = Object.assign(new MemoryLogSink(), { takesPlatformLines })
  const place = { account: 'a', region: 'r', logGroup: 'g', logStream: 's' }
  const settling: (() => void)[] = []
  const outputSettled = () => new Promise<void>((resolve) => settling.push(resolve))
  const log = new SandboxLog(place, sink, { outputCharactersMax, outputSettled })
  const words = () => sink.events().map(({ message }) => message.split('\t')[0])
  const settle = async () => {
    settling.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { sink, log, words, settle, settling }
}

function invocation(requestId: string): InvocationLog {
  const startMs = 1
  return { requestId, version: '1', startMs, tail: undefined, end: undefined, written: undefined }
}

describe('SandboxLog', () => {
  test('keeps the lines of an invocation together when the next has begun already', async () => {
    const { log, words, settle } = scene()
    const [first, second] = [invocation('1'), invocation('2')]
    log.begin(first)
    log.end(first, end)
    log.begin(second)
    log.output('of the first', 1)
    await settle()
    log.output('of the second', 2)
    log.end(second, end)
    await settle()
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

  test('waits once for the output of all that have ended meanwhile', async () => {
    const { log, words, settle, settling } = scene()
    for (let i = 0; i < 5; i += 1) {
      const next = invocation(`${i}`)
      log.begin(next)
      log.end(next, end)
    }
    assert.equal(settling.length, 1)
    await settle()
    assert.equal(words().at(-1), 'START RequestId: 1 Version: 1', 'the wait began at the first end')
    assert.equal(settling.length, 1)
    await settle()
    assert.equal(words().at(-1), 'REPORT RequestId: 4')
    assert.equal(settling.length, 0)
  })

  test('tells when the last line is written', async () => {
    const { log, words, settle } = scene()
    const told: unknown[] = []
    const one = { ...invocation('1'), written: () => void told.push(words().at(-1)) }
    log.begin(one)
    log.end(one, end)
    assert.deepEqual(told, [])
    await settle()
    assert.deepEqual(told, ['REPORT RequestId: 1'])
  })

  test('makes START, END and REPORT for a tail alone where the sink takes none', async () => {
    const { log, words, settle } = scene(1_000, false)
    const tail = new LogTail()
    for (const next of [invocation('1'), { ...invocation('2'), tail }, invocation('3')]) {
      log.begin(next)
      log.output(`of ${next.requestId}`, 1)
      log.end(next, next.requestId === '3' ? { ...end, failure: 'it failed' } : end)
      await settle()
    }
    assert.deepEqual(words(), ['of 1', 'of 2', 'of 3', 'it failed'])
    const tailWords = tail
      .text()
      .split('\n')
      .map((line) => line.split('\t')[0])
    assert.deepEqual(tailWords, [
      'START RequestId: 2 Version: 1',
      'of 2',
      'END RequestId: 2',
      'REPORT RequestId: 2',
      '',
    ])
  })

  test('drops a flood and says how much of it', async () => {
    const { log, words, settle } = scene(10)
    const flooded = invocation('1')
    log.begin(flooded)
    for (let i = 0; i < 5; i += 1) log.output('12345', 1)
    log.end(flooded, end)
    await settle()
    assert.deepEqual(words(), [
      'START RequestId: 1 Version: 1',
      '12345',
      '12345',
      '[stagedoor] 3 lines of output dropped (15 characters)',
      'END RequestId: 1',
      'REPORT RequestId: 1',
    ])
    log.begin(invocation('2'))
    log.output('heard', 3)
    assert.equal(words().at(-1), 'heard')
  })

  test('does not hold back lines for ever when output never settles', () => {
    const { log, words } = scene()
    for (let i = 0; i < 40; i += 1) {
      const next = invocation(`${i}`)
      log.begin(next)
      log.end(next, end)
    }
    assert.ok(words().includes('REPORT RequestId: 20'))
  })
})
