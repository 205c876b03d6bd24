import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  functionArn,
  functionDeclaration,
  functionInvocation,
  functionVersion,
} from '../../test/support/function-declarations.ts'
import { functionPlaneScene } from '../../test/support/function-plane-scene.ts'
import { answersAfter } from '../../test/support/scripted-sandboxes.ts'

const named = (functionName: string) => ({ functionArn: functionArn(functionName) })
const ofNames = (...names: readonly string[]) =>
  names.map((functionName) => functionDeclaration({ functionName }))

describe('createSandboxFleet()', () => {
  test('uses the sandbox again that was used last, and stops one that is not used', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 10), { idleMs: 1_000 })
    scene.declare(functionDeclaration())
    await Promise.all([scene.invoke(), scene.plane.invoke(functionInvocation())])
    await scene.clock.advance(600)
    await scene.invoke()
    const [one, two] = scene.sandboxes.started
    await scene.clock.advance(500)
    assert.equal(one!.isGone !== two!.isGone, true, 'one of the two has been idle for 1 s')
    const used = one!.isGone ? two! : one!
    assert.equal(used.invocations.length, 2)
    await scene.clock.advance(1_100)
    assert.equal(scene.sandboxes.aliveCount, 0)
  })

  test('starts no more at a time than may start, and serves the rest with the first', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 1), {
      startsAtOnceMax: 3,
    })
    scene.declare(functionDeclaration())
    const answers = Array.from({ length: 30 }, () => scene.plane.invoke(functionInvocation()))
    await scene.clock.advance(50)
    assert.equal(scene.sandboxes.started.length, 3)
    await scene.clock.advance(200)
    for (const answer of await Promise.all(answers)) assert.equal(answer.outcome, 'answered')
    assert.ok(scene.sandboxes.started.length <= 6)
  })

  test('goes on starting as long as invocations wait', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 2_000), {
      startsAtOnceMax: 2,
    })
    scene.declare(functionDeclaration())
    const answers = Array.from({ length: 6 }, () => scene.plane.invoke(functionInvocation()))
    await scene.clock.advance(350)
    assert.equal(scene.sandboxes.runningMost, 6)
    await scene.clock.advance(2_000)
    for (const answer of await Promise.all(answers)) assert.equal(answer.outcome, 'answered')
  })

  test('stops an idle sandbox of another version when there is no room', async () => {
    const scene = functionPlaneScene(undefined, { sandboxesMax: 2 })
    for (const declaration of ofNames('a', 'b', 'c')) scene.declare(declaration)
    await scene.invoke(named('a'))
    await scene.clock.advance(10)
    await scene.invoke(named('b'))
    assert.equal((await scene.invoke(named('c'))).outcome, 'answered')
    assert.equal(scene.sandboxes.aliveMost, 2)
    assert.equal(scene.sandboxes.started[0]!.isGone, true, 'the one idle longest')
    assert.equal(scene.sandboxes.started[1]!.isGone, false)
  })

  test('lets invocations wait when all room is in use, and loses none', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 100), {
      sandboxesMax: 2,
    })
    for (const declaration of ofNames('a', 'b', 'c')) scene.declare(declaration)
    const names = ['a', 'a', 'b', 'c', 'a', 'b', 'c', 'c']
    const answers = names.map((name) => scene.plane.invoke(functionInvocation(named(name))))
    await scene.clock.advance(5_000)
    for (const answer of await Promise.all(answers)) assert.equal(answer.outcome, 'answered')
    assert.equal(scene.sandboxes.aliveMost, 2)
  })

  test('keeps no version waiting behind one that is always in use', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 100), {
      sandboxesMax: 2,
    })
    for (const declaration of ofNames('busy', 'rare')) scene.declare(declaration)
    const load = { isOver: false }
    const keepBusy = async () => {
      while (!load.isOver) await scene.plane.invoke(functionInvocation(named('busy')))
    }
    const busy = [keepBusy(), keepBusy(), keepBusy(), keepBusy()]
    await scene.clock.advance(500)
    const rare = scene.plane.invoke(functionInvocation({ ...named('rare'), timeoutMs: 500 }))
    await scene.clock.advance(500)
    assert.equal((await rare).outcome, 'answered')
    load.isOver = true
    await scene.clock.advance(1_000)
    await Promise.all(busy)
  })

  test('gives up with a throttle when the line is full, and when the wait is over', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 800_000), {
      sandboxesMax: 1,
      waitingMax: 2,
    })
    const versions = [functionVersion('$LATEST', { timeoutSeconds: 900 })]
    scene.declare(functionDeclaration({ functionName: 'slow', versions }))
    scene.declare(functionDeclaration())
    const slow = scene.plane.invoke(functionInvocation(named('slow')))
    await scene.clock.advance(200)
    const waiting = [
      scene.plane.invoke(functionInvocation()),
      scene.plane.invoke(functionInvocation()),
    ]
    const refused = await scene.plane.invoke(functionInvocation())
    assert.equal(refused.outcome === 'refused' && refused.status, 429)
    await scene.clock.advance(13_000)
    for (const answer of await Promise.all(waiting)) {
      assert.equal(
        answer.outcome === 'refused' && answer.reason,
        'ConcurrentInvocationLimitExceeded',
      )
    }
    await scene.clock.advance(900_000)
    assert.equal((await slow).outcome, 'answered')
    assert.equal(scene.plane.figures().running, 0)
  })

  test('starts anew when the files of the code change, after what runs', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 100))
    scene.declare(functionDeclaration())
    const running = scene.plane.invoke(functionInvocation())
    await scene.clock.advance(120)
    const [old] = scene.sandboxes.started
    old!.events.codeChanged()
    await scene.clock.advance(200)
    assert.equal((await running).outcome, 'answered')
    assert.equal(old!.isGone, true)
    await scene.invoke()
    assert.equal(scene.sandboxes.started.length, 2)
    old!.events.codeChanged()
    await scene.invoke()
    assert.equal(scene.sandboxes.started.length, 2, 'what a stopped sandbox tells is old news')
  })

  test('stops what is idle when the function is removed, and lets end what runs', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 1_000))
    scene.declare(functionDeclaration())
    const running = scene.plane.invoke(functionInvocation())
    await scene.clock.advance(200)
    const { account, region, functionName } = functionDeclaration()
    scene.plane.apply({ kind: 'function-removed', account, region, functionName, revision: 2 })
    const refused = await scene.plane.invoke(functionInvocation())
    assert.equal(refused.outcome === 'refused' && refused.status, 404)
    assert.equal(scene.plane.figures().versions.length, 1)
    await scene.clock.advance(1_000)
    assert.equal((await running).outcome, 'answered')
    assert.equal(scene.sandboxes.aliveCount, 0)
    assert.deepEqual(scene.plane.figures().versions, [])
  })

  test('replaces a sandbox that ends by itself between two invocations', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration())
    await scene.invoke()
    scene.sandboxes.started[0]!.events.exited({ status: 'exit status 1' })
    assert.equal((await scene.invoke()).outcome, 'answered')
    assert.equal(scene.sandboxes.started.length, 2)
  })

  test('tells who waits for a sandbox that there will be none when it closes', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration())
    const waiting = scene.plane.invoke(functionInvocation())
    await scene.plane.close()
    assert.equal((await waiting).outcome, 'unreachable')
    assert.equal(scene.plane.figures().running, 0)
    assert.equal(scene.clock.sleepersCount, 1, 'only the start that was under way')
  })

  test('answers whom a start was for when it fails, each start one', async () => {
    const scene = functionPlaneScene(() => ({
      init: async () => ({ outcome: 'not-started', detail: 'no such command' }),
    }))
    scene.declare(functionDeclaration())
    const answers = Array.from({ length: 20 }, () => scene.plane.invoke(functionInvocation()))
    await scene.clock.advance(10)
    for (const answer of await Promise.all(answers)) {
      assert.deepEqual(answer, { outcome: 'unreachable', detail: 'no such command' })
    }
    assert.equal(scene.sandboxes.started.length, 20)
    assert.equal(scene.log.lines.filter(({ level }) => level === 'error').length, 20)
  })
})
