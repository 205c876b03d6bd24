import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  functionDeclaration,
  functionInvocation,
} from '../../test/support/function-declarations.ts'
import { functionPlaneScene } from '../../test/support/function-plane-scene.ts'
import { answersAfter, type FunctionScript } from '../../test/support/scripted-sandboxes.ts'

const event = functionInvocation({ invocationType: 'Event', payload: '{"event":1}' })
const failing: FunctionScript = {
  invoke: () => ({ outcome: 'error', payload: '{"errorType":"Error"}' }),
}

describe('createEvents()', () => {
  test('answers at once and runs the event once when it succeeds', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration())
    const answer = await scene.plane.invoke(event)
    assert.equal(answer.outcome === 'answered' && answer.status, 202)
    assert.equal(scene.plane.figures().events.held, 1)
    await scene.clock.advance(3_600_000)
    const ran = scene.sandboxes.started.flatMap(({ invocations }) => invocations)
    assert.equal(ran.length, 1)
    assert.equal(answer.outcome === 'answered' && answer.requestId, ran[0]!.requestId)
    assert.deepEqual(scene.plane.figures().events, { held: 0, dropped: 0, refused: 0 })
  })

  test('runs a failing event twice more, after one and two minutes, and drops it', async () => {
    const times: number[] = []
    const scene = functionPlaneScene((_spec, clock) => ({
      init: () => ({ outcome: 'ready', initMs: 0 }),
      invoke(invocation, sandbox) {
        times.push(clock.monotonicMs())
        return failing.invoke!(invocation, sandbox)
      },
    }))
    scene.declare(functionDeclaration())
    await scene.plane.invoke(event)
    await scene.clock.advance(3_600_000)
    assert.deepEqual(times, [0, 60_000, 180_000])
    assert.deepEqual(scene.plane.figures().events, { held: 0, dropped: 1, refused: 0 })
    assert.equal(scene.log.lines.at(-1)!.event, 'event-dropped')
  })

  test('tries throttled events again with growing waits, for six hours', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration({ reservedConcurrency: 0 }))
    await scene.plane.invoke(event)
    await scene.clock.advance(10_000)
    // At 0, 1, 3 and 7 s.
    assert.equal(scene.plane.figures().throttles, 4)
    await scene.clock.advance(5.9 * 3_600_000)
    assert.equal(scene.plane.figures().events.held, 1)
    await scene.clock.advance(600_000)
    assert.deepEqual(scene.plane.figures().events, { held: 0, dropped: 1, refused: 0 })
  })

  test('runs a throttled event when there is room again', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration({ reservedConcurrency: 0 }))
    await scene.plane.invoke(event)
    await scene.clock.advance(3_000)
    scene.declare(functionDeclaration({ revision: 2 }))
    await scene.clock.advance(10_000)
    assert.deepEqual(scene.plane.figures().events, { held: 0, dropped: 0, refused: 0 })
    assert.equal(scene.plane.figures().invocations, 1)
  })

  test('refuses events beyond its bounds and counts them', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 2_000), {
      eventsMax: 2,
    })
    scene.declare(functionDeclaration())
    const answers = [1, 2, 3].map(() => scene.plane.invoke(event))
    const statuses = (await Promise.all(answers)).map(
      (answer) => 'status' in answer && answer.status,
    )
    assert.deepEqual(statuses, [202, 202, 429])
    assert.equal(scene.plane.figures().events.refused, 1)
  })

  test('runs no more at a time than it may', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 50), {
      eventsAtOnceMax: 3,
    })
    scene.declare(functionDeclaration())
    for (let i = 0; i < 20; i += 1) await scene.plane.invoke(event)
    await scene.clock.advance(2_000)
    assert.equal(scene.sandboxes.runningMost, 3)
    assert.equal(scene.plane.figures().events.held, 0)
  })

  test('drops the events of a function that is gone', async () => {
    const scene = functionPlaneScene(() => failing)
    scene.declare(functionDeclaration())
    await scene.plane.invoke(event)
    await scene.clock.advance(1_000)
    scene.plane.apply({ kind: 'reset' })
    await scene.clock.advance(600_000)
    assert.equal(scene.plane.figures().events.held, 0)
    assert.equal(scene.sandboxes.started[0]!.invocations.length, 1)
  })

  test('runs nothing more when the plane is drained, and lets end what runs', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 1_000), {
      eventsAtOnceMax: 1,
    })
    scene.declare(functionDeclaration())
    await scene.plane.invoke(event)
    await scene.plane.invoke(event)
    await scene.clock.advance(200)
    const drained = scene.plane.drain()
    await scene.clock.advance(2_000)
    await drained
    assert.equal(scene.sandboxes.started[0]!.invocations.length, 1)
    await scene.plane.close()
    assert.equal(scene.sandboxes.isClosed, true)
    assert.equal((await scene.plane.invoke(event)).outcome, 'unreachable')
  })
})
