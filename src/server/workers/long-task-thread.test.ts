import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LongTaskRefused } from '../../base/long-task-refused.ts'
import { startLongTasks } from './long-task-thread.ts'

const input = {
  body: '{"a":[1,2.50]}',
  params: { path: {}, querystring: {}, header: {} },
  context: { stage: 'prod' },
  stageVariables: {},
  overrides: undefined,
}

describe('startLongTasks()', () => {
  test('does tasks of each kind, in order', async () => {
    const tasks = startLongTasks()
    try {
      const template = `$context.stage $input.json('$.a')#set($context.responseOverride.status = 201)`
      const rendering = tasks.run({ kind: 'render', template, input })
      const failing = tasks.run({ kind: 'render', template: '\n #if(', input })
      const sources = {
        schema: '{"$ref":"other"}',
        references: new Map([['other', '{"minimum":3}']]),
      }
      const validating = tasks.run({ kind: 'validate', sources, body: bytesOf('2') })
      const picking = tasks.run({
        kind: 'pick',
        body: bytesOf(input.body),
        paths: ['$.a[1]', '$.b'],
      })
      const [rendered, failed, verdict, picks] = await Promise.all([
        rendering,
        failing,
        validating,
        picking,
      ])
      assert.ok(rendered.outcome === 'rendered')
      assert.equal(rendered.output, 'prod [1,2.5]')
      assert.deepEqual(rendered.overrides?.responseOverride, { header: {}, status: 201 })
      assert.ok(failed.outcome === 'failed')
      assert.deepEqual([failed.kind, failed.position.line], ['syntax', 2])
      assert.equal(verdict.outcome, 'invalid')
      assert.ok(picks.outcome === 'picked')
      assert.deepEqual(
        [...picks.picks],
        [
          ['$.a[1]', ['2.5']],
          ['$.b', []],
        ],
      )
    } finally {
      tasks.close()
    }
  })

  test('refuses what is one too many, and what waits when it is ended', async () => {
    const tasks = startLongTasks()
    const waiting = Array.from({ length: 64 }, () =>
      tasks.run({ kind: 'pick', body: bytesOf(''), paths: [] }),
    )
    const reasons = waiting.map((task) => task.catch((error: unknown) => reasonOf(error)))
    await assert.rejects(tasks.run({ kind: 'pick', body: bytesOf(''), paths: [] }), {
      reason: 'busy',
    })
    tasks.close()
    assert.deepEqual(new Set(await Promise.all(reasons)), new Set(['lost']))
  })

  test('starts another thread when the one before has ended', async () => {
    const tasks = startLongTasks()
    try {
      const lost = tasks.run({ kind: 'pick', body: bytesOf(''), paths: [] })
      tasks.close()
      await assert.rejects(lost, { reason: 'lost' })
      const picks = await tasks.run({ kind: 'pick', body: bytesOf('[1]'), paths: ['$[0]'] })
      assert.ok(picks.outcome === 'picked')
      assert.deepEqual(picks.picks.get('$[0]'), ['1'])
    } finally {
      tasks.close()
    }
  })
})

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function reasonOf(error: unknown): string {
  return error instanceof LongTaskRefused ? error.reason : String(error)
}
