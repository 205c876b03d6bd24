import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  functionArn,
  functionDeclaration,
  functionInvocation,
  functionVersion,
} from '../../test/support/function-declarations.ts'
import { functionPlaneScene } from '../../test/support/function-plane-scene.ts'
import { createFedBody } from '../base/fed-body.ts'
import type { SandboxOutcome } from '../ports/sandboxes.ts'
import { answersAfter, type FunctionScript } from '../../test/support/scripted-sandboxes.ts'
import { seededRandom, testSeed } from '../../test/support/seeded-random.ts'

const names = ['a', 'b', 'c', 'd'] as const
/** Of each function; undefined: it shares what is left. */
const reservations: Readonly<Record<string, number | undefined>> = { a: 1, b: 3 }

describe('runInvocation()', () => {
  for (let round = 0; round < 6; round += 1) {
    const seed = testSeed() + round
    test(`loses no invocation and keeps every limit, whatever happens (seed ${seed})`, async () => {
      await runRound(seed)
    })
  }

  test('counts a caller that has left until its function ends', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 1_000))
    scene.declare(functionDeclaration({ reservedConcurrency: 1 }))
    const left = scene.plane.invoke(functionInvocation({ timeoutMs: 200 }))
    await scene.clock.advance(300)
    assert.equal((await left).outcome, 'timeout')
    const throttled = await scene.plane.invoke(functionInvocation())
    assert.equal(throttled.outcome === 'refused' && throttled.status, 429)
    await scene.clock.advance(1_000)
    assert.equal((await scene.invoke()).outcome, 'answered')
  })

  test('answers with the beginning of a stream, and ends when the function does', async () => {
    const { scene, stream, fed, over } = streamingScene()
    const outcome = await scene.invoke({ isStreamed: true, logTail: true })
    assert.ok(outcome.outcome === 'streaming')
    assert.equal(outcome.contentType, 'text/x')
    assert.equal(outcome.executedVersion, '$LATEST')
    fed.feed(Uint8Array.of(1))
    // It holds its seat as long as it streams.
    const throttled = await scene.plane.invoke(functionInvocation())
    assert.equal(throttled.outcome === 'refused' && throttled.status, 429)
    fed.end()
    over.resolve({ outcome: 'streamed' })
    assert.deepEqual(await outcome.body.readAll(10), Uint8Array.of(1))
    const { failure, logTail = '' } = await outcome.ended
    assert.equal(failure, undefined)
    assert.match(logTail, /REPORT/)
    assert.equal(scene.plane.figures().running, 0)
    assert.ok(stream.isAsked)
  })

  test('tells how a stream failed', async () => {
    const { scene, over } = streamingScene()
    const outcome = await scene.invoke({ isStreamed: true })
    assert.ok(outcome.outcome === 'streaming')
    over.resolve({ outcome: 'exited', exit: { status: 'exit status 3' } })
    assert.match((await outcome.ended).failure ?? '', /Runtime.ExitError.*exit status 3/)
    assert.equal(scene.plane.figures().running, 0)
  })

  test('discards a stream that begins when its caller has left', async () => {
    const { scene, over, dropped } = streamingScene(1_000)
    const outcome = await scene.invoke({ isStreamed: true, timeoutMs: 200 })
    assert.equal(outcome.outcome, 'timeout')
    await scene.clock.advance(2_000)
    await dropped
    over.resolve({ outcome: 'streamed' })
    await scene.plane.drain()
  })

  test('gives no stream to who wants the answer whole', async () => {
    const { scene, stream, over } = streamingScene()
    over.resolve({ outcome: 'response', payload: '1' })
    const outcome = await scene.invoke()
    assert.ok(outcome.outcome === 'answered')
    assert.ok(!stream.isAsked)
  })

  test('has a seat free for the next invocation when it answers', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration({ reservedConcurrency: 1 }))
    await scene.invoke()
    for (let i = 0; i < 50; i += 1) {
      assert.equal((await scene.plane.invoke(functionInvocation())).outcome, 'answered')
    }
    assert.equal(scene.sandboxes.started.length, 1)
  })

  test('hands back the end of the log of this invocation, with its last lines', async () => {
    const scene = functionPlaneScene(() => ({
      invoke({ payload }, { events }) {
        events.output(`saw ${payload}`, 0)
        return { outcome: 'response', payload }
      },
    }))
    scene.declare(functionDeclaration())
    await scene.invoke({ payload: '1' })
    const answer = await scene.invoke({ payload: '2', logTail: true })
    assert.ok(answer.outcome === 'answered' && answer.logTail !== undefined)
    assert.deepEqual(
      answer.logTail.split('\n').map((line) => line.split(/ |\t/)[0]),
      ['START', 'saw', 'END', 'REPORT', ''],
    )
    assert.ok(answer.logTail.includes('saw 2'))
  })

  test('hands back what a start wrote that failed', async () => {
    const scene = functionPlaneScene(() => ({
      init({ events }) {
        events.output('no such module', 0)
        return { outcome: 'init-error', payload: '{"errorType":"Runtime.Import"}', initMs: 1 }
      },
    }))
    scene.declare(functionDeclaration())
    const answer = await scene.invoke({ logTail: true })
    assert.ok(answer.outcome === 'answered' && answer.logTail !== undefined)
    assert.deepEqual(
      answer.logTail.split('\n').map((line) => line.split(/ |\t/)[0]),
      ['START', 'no', 'INIT_REPORT', 'END', 'REPORT', ''],
    )
  })

  test('draws a weighted alias once an invocation, near its weight', async () => {
    const scene = functionPlaneScene(() => ({ init: () => ({ outcome: 'ready', initMs: 1 }) }))
    scene.declare(
      functionDeclaration({
        versions: [functionVersion('1'), functionVersion('2')],
        aliases: [
          { name: 'PROD', functionVersion: '1', additionalVersion: { version: '2', weight: 0.3 } },
        ],
      }),
    )
    let ofTwo = 0
    for (let i = 0; i < 10_000; i += 1) {
      const answer = await scene.plane.invoke(
        functionInvocation({ functionArn: functionArn('hello', 'PROD') }),
      )
      if (answer.outcome === 'answered' && answer.executedVersion === '2') ofTwo += 1
    }
    // 3.29 standard deviations hold 99.9% of all binomial draws.
    const band = 3.29 * Math.sqrt(10_000 * 0.3 * 0.7)
    assert.ok(Math.abs(ofTwo - 3_000) <= band, `${ofTwo} of 10,000 (seed ${scene.seed})`)
  })
})

/** Functions that crash, hang, answer late or do not start, called and changed by chance. */
/** A function of one seat that streams what the test feeds, after a time, and ends when the test says. */
function streamingScene(delayMs = 0) {
  const dropped = Promise.withResolvers<void>()
  const fed = createFedBody({ taken: () => {}, dropped: () => dropped.resolve() })
  const over = Promise.withResolvers<SandboxOutcome>()
  const stream = { isAsked: false }
  const scene = functionPlaneScene((_spec, clock) => ({
    async invoke({ onStream }) {
      if (delayMs > 0) await clock.sleep(delayMs)
      stream.isAsked = onStream !== undefined
      onStream?.({ contentType: 'text/x', body: fed.body })
      return over.promise
    },
  }))
  scene.declare(functionDeclaration({ reservedConcurrency: 1 }))
  return { scene, stream, fed, over, dropped: dropped.promise }
}

async function runRound(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const running = new Map<string, number>()
  const health = { isGood: false }
  // Now the machine is what is short, now the account.
  const sandboxesMax = random.fraction() < 0.5 ? 5 : 30
  const limits = {
    accountConcurrency: 12,
    unreservedConcurrencyMin: 2,
    sandboxesMax,
    startsAtOnceMax: 1 + random.integer(8),
  }
  const count = (name: string, by: number) => {
    const now = (running.get(name) ?? 0) + by
    running.set(name, now)
    assert.ok(now <= (reservations[name] ?? Infinity), `${name} runs ${now}`)
    const all = [...running.values()].reduce((sum, one) => sum + one, 0)
    assert.ok(all <= 12, `${all} run`)
  }
  const scene = functionPlaneScene(
    ({ functionName }, clock): FunctionScript => ({
      async init() {
        await clock.sleep(random.integer(80))
        const chance = health.isGood ? 1 : random.fraction()
        if (chance < 0.1) return { outcome: 'init-error', payload: '{}', initMs: 1 }
        if (chance < 0.2) return { outcome: 'exited', exit: { status: 'exit status 1' }, initMs: 1 }
        if (chance < 0.3) return { outcome: 'not-started', detail: 'none' }
        return { outcome: 'ready', initMs: 1 }
      },
      async invoke(invocation, sandbox) {
        count(functionName, 1)
        const chance = health.isGood ? 1 : random.fraction()
        await clock.sleep(chance < 0.1 ? 3_000 : random.integer(50))
        count(functionName, -1)
        if (chance < 0.1) return { outcome: 'timed-out' }
        if (chance < 0.2) return { outcome: 'exited', exit: { status: 'signal: killed' } }
        if (chance < 0.3) sandbox.events.codeChanged()
        return { outcome: 'response', payload: invocation.payload }
      },
    }),
    limits,
  )
  let revision = 0
  const declare = (functionName: string) => {
    revision += 1
    const reserved = reservations[functionName]
    scene.declare(
      functionDeclaration({
        functionName,
        revision,
        versions: [functionVersion('$LATEST', { revisionId: `${random.integer(3)}` })],
        ...(reserved !== undefined && { reservedConcurrency: reserved }),
      }),
    )
  }
  for (const name of names) declare(name)
  const answers: Promise<unknown>[] = []
  const invoke = (name: string) =>
    scene.plane.invoke(
      functionInvocation({
        functionArn: functionArn(name),
        ...(random.fraction() < 0.2 && { timeoutMs: random.integer(200) }),
      }),
    )
  for (let step = 0; step < 150; step += 1) {
    const name = names[random.integer(names.length)]!
    if (random.fraction() < 0.05) declare(name)
    else answers.push(invoke(name))
    if (random.fraction() < 0.3) await scene.clock.advance(random.integer(100))
  }
  await scene.clock.advance(60_000)
  assert.equal((await Promise.all(answers)).length, answers.length)
  assert.equal(scene.plane.figures().running, 0)
  assert.equal(scene.plane.figures().waiting, 0)
  assert.ok(
    scene.sandboxes.aliveMost <= limits.sandboxesMax,
    `${scene.sandboxes.aliveMost} were alive`,
  )
  health.isGood = true
  for (const name of names) {
    const answer = await scene.invoke({ functionArn: functionArn(name) })
    assert.equal(answer.outcome === 'answered' && answer.functionError, undefined, name)
    assert.equal(answer.outcome, 'answered', name)
  }
  await scene.clock.advance(400_000)
  assert.equal(scene.sandboxes.aliveCount, 0)
}
