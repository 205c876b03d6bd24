import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createCounterMemory } from '../../src/adapters/shared-memory/counter-memory.ts'
import type { FeedChange } from '../../src/ports/deployment-feed.ts'
import { defaultFrontBounds } from '../../src/server/http/front-bounds.ts'
import type { ApplyFailure } from '../../src/server/workers/worker-messages.ts'
import { defaultWorkerBounds, WorkerPool } from '../../src/server/workers/worker-pool.ts'
import { startLocalGateway } from '../support/local-gateway.ts'

const script = (behaviour: string) =>
  new URL(`../support/scripted-workers/${behaviour}.ts`, import.meta.url)

const reset: FeedChange = { kind: 'reset' }

async function startPool(t: TestContext, behaviour: string) {
  const events: string[] = []
  const failures: ApplyFailure[] = []
  const log = (event: string) => void events.push(event)
  const pool = new WorkerPool({
    workerCount: 2,
    entry: script(behaviour),
    settings: {
      listeners: [],
      frontBounds: defaultFrontBounds,
      vpcLinkTargets: {},
      awsServices: { endpoints: {}, roles: {} },
      remoteLambda: undefined,
      traceRequests: 0,
      stageClock: undefined,
      counters: createCounterMemory({ bucketsMax: 16, quotasMax: 1 }),
      accountThrottle: { rateLimit: 1, burstLimit: 1 },
      redis: undefined,
      countersWithoutStore: 'local',
      sealKey: undefined,
      upstreamCa: undefined,
      contentBytesMax: 0,
    },
    bounds: { ...defaultWorkerBounds, acknowledgeWithinMs: 300 },
    replay: () => [],
    onMessage: () => {},
    onApplyFailure: (failure) => failures.push(failure),
    log: { info: log, warn: log, error: log },
  })
  t.after(() => pool.close())
  await pool.start(Promise.resolve())
  return { pool, events, failures }
}

describe('WorkerPool', () => {
  test('gives up and replaces workers that beat and never acknowledge', async (t) => {
    const { pool, events } = await startPool(t, 'silent')
    const ids = pool.threads.map(({ id }) => id)
    const startMs = performance.now()
    await pool.apply([reset])
    const tookMs = performance.now() - startMs
    assert.ok(tookMs >= 290 && tookMs < 20_000, `${tookMs} ms`)
    assert.deepEqual(events, ['worker-late-answer', 'worker-late-answer'])
    assert.equal(pool.threads.length, 2)
    assert.ok(pool.threads.every(({ id }) => !ids.includes(id)))
    // Those that start are not waited for.
    await pool.apply([reset])
  })

  test('takes a failure for an answer, and says it', async (t) => {
    const { pool, events, failures } = await startPool(t, 'failing')
    await pool.apply([reset])
    assert.deepEqual(failures, [
      { restApiId: 'a', stageName: 'prod', detail: 'no' },
      { restApiId: 'a', stageName: 'prod', detail: 'no' },
    ])
    assert.deepEqual(events, ['stage-compile-failed', 'stage-compile-failed'])
    assert.ok(pool.threads.every(({ state }) => state === 'serving'))
  })

  test('does not start, and says why, when its workers die before they serve', async () => {
    await assert.rejects(
      startLocalGateway({}, { workerEntry: script('broken') }),
      /the workers do not start: Error: broken from the start/,
    )
  })
})
