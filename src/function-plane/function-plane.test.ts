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

describe('createFunctionPlane()', () => {
  test('starts a sandbox for the first invocation and uses it again', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration())
    const first = await scene.invoke()
    assert.deepEqual(first, {
      outcome: 'answered',
      status: 200,
      payload: '{"a":1}',
      executedVersion: '$LATEST',
      requestId: first.outcome === 'answered' ? first.requestId : '',
    })
    await scene.invoke()
    assert.equal(scene.sandboxes.started.length, 1)
    assert.equal(scene.plane.figures().coldStarts, 1)
    assert.equal(scene.plane.figures().invocations, 2)
  })

  test('gives the code the ARN as addressed, its deadline and a trace', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration({ aliases: [{ name: 'DEV', functionVersion: '$LATEST' }] }))
    await scene.invoke({ functionArn: functionArn('hello', 'DEV'), payload: '' })
    const [given] = scene.sandboxes.started[0]!.invocations
    assert.equal(given!.invokedFunctionArn, functionArn('hello', 'DEV'))
    assert.equal(given!.deadlineMs, scene.clock.nowMs() + 3_000)
    assert.match(given!.traceId, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/)
    assert.equal(given!.payload, '{}')
  })

  test('answers the caller that does not wait so long, and lets the function go on', async () => {
    const scene = functionPlaneScene((_spec, clock) => answersAfter(clock, 2_000))
    scene.declare(functionDeclaration())
    const early = scene.plane.invoke(functionInvocation({ timeoutMs: 50 }))
    await scene.clock.advance(50)
    assert.deepEqual(await early, { outcome: 'timeout' })
    assert.equal(scene.plane.figures().running, 1)
    await scene.clock.advance(2_100)
    assert.equal(scene.plane.figures().running, 0)
    assert.equal(scene.messages().filter((line) => line.startsWith('END')).length, 1)
  })

  test('runs new sandboxes when the configuration changes, and stops the old ones', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration())
    await scene.invoke()
    const versions = [functionVersion('$LATEST', { revisionId: 'changed' })]
    scene.declare(functionDeclaration({ versions, revision: 2 }))
    await scene.invoke()
    const [old, current] = scene.sandboxes.started
    assert.deepEqual([old!.isGone, current!.isGone], [true, false])
    assert.equal(current!.spec.version.revisionId, 'changed')
  })

  test('drops what is older than what it knows', async () => {
    const scene = functionPlaneScene()
    scene.declare(functionDeclaration({ revision: 5 }))
    scene.declare(functionDeclaration({ revision: 4, versions: [] }))
    assert.equal((await scene.invoke()).outcome, 'answered')
  })
})
