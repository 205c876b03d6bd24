import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountId, Region } from '../../aws/identifiers.ts'
import type { FunctionFeedChange } from '../../ports/deployment-feed.ts'
import type { FunctionInvocation, FunctionOutcome, Functions } from '../../ports/functions.ts'
import { createFunctionLink } from './function-link.ts'
import { FunctionsHost } from './functions-host.ts'
import { functionsThread } from './functions-thread.ts'
import { defaultWorkerBounds, type WorkerBounds } from '../workers/worker-pool.ts'

const entry = new URL('../../../test/support/obeying-functions.ts', import.meta.url)

describe('FunctionsHost', () => {
  test('has no thread while no function is declared and nobody invokes', async () => {
    await using scene = openScene()
    await scene.host.apply([{ kind: 'reset' }])
    assert.equal(scene.host.isStarted, false)
    assert.equal(await scene.host.collect(), undefined)
  })

  test('starts the thread with the first function, which may be invoked when that is acknowledged', async () => {
    await using scene = openScene()
    await scene.declare('one')
    assert.equal(scene.host.isStarted, true)
    assert.equal(await ask(scene.host.functions, 'names'), 'one')
    await scene.declare('two')
    assert.equal(await ask(scene.host.functions, 'names'), 'one two')
  })

  test('starts the thread with the first invocation, and links others beside its own', async () => {
    await using scene = openScene()
    assert.equal(await ask(scene.host.functions, 'names'), '')
    const link = createFunctionLink(() => scene.host.linkTo((port) => link.connect(port)))
    assert.equal(await ask(link, 'hello'), 'hello')
    link.close()
  })

  test('replaces a thread that ends, and tells the next everything', async () => {
    await using scene = openScene()
    await scene.declare('one')
    const lost = await scene.host.functions.invoke(invocation('exit'))
    assert.equal(lost.outcome, 'unreachable')
    assert.equal(await ask(scene.host.functions, 'names'), 'one')
    assert.deepEqual([...scene.host.replacedCounts], [['died', 1]])
    assert.deepEqual(scene.events, ['functions-thread-died'])
    assert.equal(scene.ended.length, 1)
    await scene.host.close()
    assert.equal(new Set(scene.ended).size, 2)
  })

  test('replaces a thread that hangs', async () => {
    await using scene = openScene({ hungAfterMs: 2000 })
    await scene.declare('one')
    const lost = await scene.host.functions.invoke(invocation('hang'))
    assert.equal(lost.outcome, 'unreachable')
    assert.equal(await ask(scene.host.functions, 'names'), 'one')
    assert.deepEqual(scene.events, ['functions-thread-hung'])
  })

  test('acknowledges a change that failed, and says so', async () => {
    await using scene = openScene()
    await scene.declare('one')
    await scene.host.apply([{ ...removal, functionName: 'unlucky' }])
    assert.deepEqual(scene.events, ['function-change-failed'])
    assert.equal(await ask(scene.host.functions, 'names'), 'one')
  })

  test('tells what the thread has counted', async () => {
    await using scene = openScene()
    await scene.declare('one')
    const figures = await scene.host.collect()
    assert.equal(figures?.plane.invocations, 1)
    assert.equal(figures?.droppedFunctionLines, 0)
  })

  test('start() rejects when the thread dies again and again', async () => {
    await using scene = openScene({}, new URL('data:text/javascript,process.exit(9)'))
    await assert.rejects(scene.host.start(), /functions cannot be run: exit code 9/)
  })
})

const removal = {
  kind: 'function-removed',
  // Any text is good enough as a test's account and region.
  account: '000000000000' as AccountId,
  region: 'us-east-1' as Region,
  functionName: '',
  revision: 2,
} as const

const nothing = { directory: '', searchPath: '', awsEndpointUrl: undefined }

function openScene(bounds: Partial<WorkerBounds> = {}, script = entry) {
  const declared: FunctionFeedChange[] = []
  const events: string[] = []
  const ended: number[] = []
  const write = (event: string) => void events.push(event)
  const allBounds = { ...defaultWorkerBounds, ...bounds }
  const host = new FunctionsHost({
    place: functionsThread({ entry: script, bounds: allBounds }),
    settings: async () => ({
      ...nothing,
      runtimeCommands: {},
      sandboxesMax: 1,
      idleMs: 1,
      log: 'all',
    }),
    bounds: allBounds,
    replay: () => declared,
    onEnded: async (threadId) => void ended.push(threadId),
    log: { info: write, warn: write, error: write },
  })
  return {
    host,
    events,
    ended,
    declare(functionName: string): Promise<void> {
      const { account, region } = removal
      const change: FunctionFeedChange = {
        kind: 'function',
        function: {
          ...{ account, region, functionName },
          ...{ versions: {}, aliases: {}, policies: {}, revision: 1 },
        },
      }
      declared.push(change)
      return host.apply([change])
    },
    [Symbol.asyncDispose]: () => host.close(),
  }
}

function invocation(payload: string): FunctionInvocation {
  return {
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:any',
    caller: { kind: 'account' },
    invocationType: 'RequestResponse',
    payload,
    logTail: false,
  }
}

async function ask(functions: Functions, payload: string): Promise<string> {
  const outcome: FunctionOutcome = await functions.invoke(invocation(payload))
  return outcome.outcome === 'answered' ? outcome.payload : JSON.stringify(outcome)
}
