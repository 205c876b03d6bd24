import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createRuntimes } from '../../src/adapters/sandboxes/runtimes.ts'
import { createSandboxes } from '../../src/adapters/sandboxes/sandboxes.ts'
import { compileBootstrap, compiler } from '../support/compile-bootstrap.ts'
import { sandboxInvocation, sandboxSpec, recordingSandboxEvents } from '../support/sandbox-scene.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const skip = compiler === undefined ? 'no C compiler (STAGEDOOR_TEST_CC)' : false

/** A sandbox of the compiled runtime, alone in its directory. */
function openScene(t: TestContext) {
  const taskRoot = temporaryDirectory(t)
  compileBootstrap(taskRoot)
  const sandboxes = createSandboxes({
    runtimes: createRuntimes({ configured: new Map(), searchPath: '' }),
    codeDirectoryOf: async () => ({ taskRoot }),
    runParent: temporaryDirectory(t),
    log: {
      info: () => undefined,
      warn: (event) => assert.fail(event),
      error: (event) => assert.fail(event),
    },
  })
  t.after(() => sandboxes.close())
  const recorded = recordingSandboxEvents()
  const sandbox = sandboxes.start(sandboxSpec({ runtime: 'provided.al2023' }), recorded.events)
  return { ...recorded, sandbox, taskRoot }
}

describe('a custom runtime, compiled and static', { skip }, () => {
  test('answers event after event, large ones too, and its output is told', async (t) => {
    const { sandbox, lines, taskRoot } = openScene(t)
    assert.equal((await sandbox.init).outcome, 'ready')
    for (const payload of ['{}', '"€"', `"${'x'.repeat(5_000_000)}"`, '1']) {
      const outcome = await sandbox.invoke(sandboxInvocation(payload))
      assert.ok(outcome.outcome === 'response')
      const answer = { echo: JSON.parse(payload), task: taskRoot, remaining: true }
      assert.deepEqual(JSON.parse(outcome.payload), answer)
    }
    await sandbox.outputSettled()
    assert.deepEqual(
      lines,
      Array.from({ length: 4 }, () => `event for ${sandboxInvocation('').requestId}`),
    )
  })

  test('reports a failure, and goes on', async (t) => {
    const { sandbox } = openScene(t)
    await sandbox.init
    const payload = '{"errorMessage":"asked to","errorType":"Failure","stackTrace":[]}'
    const outcome = await sandbox.invoke(sandboxInvocation('"fail"'))
    assert.deepEqual(outcome, { outcome: 'error', payload })
    assert.equal((await sandbox.invoke(sandboxInvocation('1'))).outcome, 'response')
  })

  for (const [payload, status] of [
    ['"crash"', 'signal: aborted'],
    ['"exit"', 'exit status 5'],
  ] as const) {
    test(`ends as ${status}`, async (t) => {
      const { sandbox } = openScene(t)
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation(payload))
      assert.deepEqual(outcome, { outcome: 'exited', exit: { status } })
    })
  }
})
