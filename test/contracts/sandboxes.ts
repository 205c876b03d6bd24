import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FunctionVersion } from '../../src/snapshot/function-declaration.ts'
import { responseBytesMax, type Sandbox, type Sandboxes } from '../../src/ports/sandboxes.ts'
import { recordingSandboxEvents, sandboxInvocation, sandboxSpec } from '../support/sandbox-scene.ts'

/**
 * Functions that an adapter must bring, by the name of their handler: what they do with an event.
 *
 * `echo` answers with its event; `header` with JSON of the invocation's own values; `error` reports a
 * failure; `exit` leaves with status 3, `signal` by SIGSEGV; `hang` and `never` do not answer; `hog`
 * takes memory without end; `size` answers with as many bytes as `{bytes}` says; `flood` writes
 * `{megabytes}` of lines first; `streams` writes `to stdout` and `to stderr`; `init-error` fails
 * before its first event, `init-exit` leaves with 7 then, `init-hang` is never ready.
 */
export interface SandboxesUnderTest {
  readonly sandboxes: Sandboxes
  close(): Promise<void>
}

/** Every sentence of the `Sandboxes` port, as tests. `open` makes the longest init a second or so. */
export function sandboxesContract(name: string, open: () => SandboxesUnderTest): void {
  describe(name, () => {
    startsContract(open)
    invocationsContract(open)
    endsContract(open)
    sizesContract(open)
  })
}

type Scene = ReturnType<typeof recordingSandboxEvents> & {
  readonly sandboxes: Sandboxes
  readonly sandbox: Sandbox
}

/** One sandbox with this handler. */
async function withSandbox(
  open: () => SandboxesUnderTest,
  version: Partial<FunctionVersion>,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { sandboxes, close } = open()
  try {
    const recorded = recordingSandboxEvents()
    const sandbox = sandboxes.start(sandboxSpec(version), recorded.events)
    await act({ ...recorded, sandboxes, sandbox })
  } finally {
    await close()
  }
}

type Open = () => SandboxesUnderTest

function startsContract(open: Open): void {
  test('init is ready when the code waits for its first event', () =>
    withSandbox(open, {}, async ({ sandbox }) => {
      const init = await sandbox.init
      assert.equal(init.outcome, 'ready')
      assert.ok(init.outcome === 'ready' && init.initMs > 0)
    }))

  test('init tells the failure that the code reports, and the code ends', () =>
    withSandbox(open, { handler: 'init-error' }, async ({ sandbox, exits, exited }) => {
      const init = await sandbox.init
      assert.equal(init.outcome, 'init-error')
      assert.ok(init.outcome === 'init-error')
      assert.deepEqual(JSON.parse(init.payload), { errorType: 'SyntaxError', errorMessage: 'bad' })
      await exited
      assert.deepEqual(exits, [{ status: 'exit status 1' }])
    }))

  test('init tells how code ended that left before its first event', () =>
    withSandbox(open, { handler: 'init-exit' }, async ({ sandbox, lines, exits, exited }) => {
      const init = await sandbox.init
      assert.equal(init.outcome, 'exited')
      assert.ok(init.outcome === 'exited')
      assert.deepEqual(init.exit, { status: 'exit status 7' })
      await exited
      assert.deepEqual([lines, exits], [['leaving'], [{ status: 'exit status 7' }]])
    }))

  test('init is over when it takes too long, and the code is killed', () =>
    withSandbox(open, { handler: 'init-hang', timeoutSeconds: 0.3 }, async (scene) => {
      assert.equal((await scene.sandbox.init).outcome, 'init-timeout')
      await scene.exited
      assert.deepEqual(scene.exits, [{ status: 'signal: killed', cause: 'stopped' }])
    }))
}

function invocationsContract(open: Open): void {
  test('invoke() answers what the code answers, one after the other', () =>
    withSandbox(open, {}, async ({ sandbox }) => {
      await sandbox.init
      for (const payload of ['{}', '"é€😀"', '[1,2]', `"${'x'.repeat(100_000)}"`]) {
        const outcome = await sandbox.invoke(sandboxInvocation(payload))
        assert.deepEqual(outcome, { outcome: 'response', payload })
      }
    }))

  test('invoke() gives the code its own values', () =>
    withSandbox(open, { handler: 'header' }, async ({ sandbox }) => {
      await sandbox.init
      const invocation = sandboxInvocation('{}', { clientContext: '{"client":"ä"}' })
      const outcome = await sandbox.invoke(invocation)
      assert.ok(outcome.outcome === 'response')
      const { payload: _payload, ...values } = invocation
      assert.deepEqual(JSON.parse(outcome.payload), values)
    }))

  test('invoke() tells the failure that the code reports, and the sandbox may be used again', () =>
    withSandbox(open, { handler: 'error' }, async ({ sandbox, exits }) => {
      await sandbox.init
      for (let round = 0; round < 2; round += 1) {
        const outcome = await sandbox.invoke(sandboxInvocation('{}'))
        assert.ok(outcome.outcome === 'error')
        assert.deepEqual(JSON.parse(outcome.payload), { errorType: 'Error', errorMessage: 'no' })
      }
      assert.deepEqual(exits, [])
    }))

  test('outputSettled() resolves when all that was written before the answer is told', () =>
    withSandbox(open, { handler: 'streams' }, async ({ sandbox, lines }) => {
      await sandbox.init
      for (let round = 1; round <= 20; round += 1) {
        await sandbox.invoke(sandboxInvocation('{}'))
        await sandbox.outputSettled()
        assert.equal(lines.filter((line) => line === 'to stdout').length, round)
        assert.equal(lines.filter((line) => line === 'to stderr').length, round)
      }
    }))

  test('maxMemoryUsedMb() is what a process of this kind takes', () =>
    withSandbox(open, {}, async ({ sandbox }) => {
      await sandbox.init
      await sandbox.invoke(sandboxInvocation('{}'))
      const megabytes = sandbox.maxMemoryUsedMb()
      assert.ok(Number.isInteger(megabytes) && megabytes >= 1 && megabytes < 256)
    }))
}

function endsContract(open: Open): void {
  const ends = [
    { handler: 'exit', status: 'exit status 3' },
    { handler: 'signal', status: 'signal: segmentation fault' },
  ]
  for (const { handler, status } of ends) {
    test(`invoke() tells that the code ended: ${status}`, () =>
      withSandbox(open, { handler }, async ({ sandbox, exits, exited }) => {
        await sandbox.init
        const outcome = await sandbox.invoke(sandboxInvocation('{}'))
        assert.deepEqual(outcome, { outcome: 'exited', exit: { status } })
        await exited
        assert.deepEqual(exits, [{ status }])
        assert.deepEqual(await sandbox.invoke(sandboxInvocation('{}')), outcome)
      }))
  }

  for (const handler of ['hang', 'never']) {
    test(`invoke() is over at the deadline of code that does not answer: ${handler}`, () =>
      withSandbox(open, { handler }, async ({ sandbox, exits, exited }) => {
        await sandbox.init
        const deadlineMs = Date.now() + 60
        const outcome = await sandbox.invoke(sandboxInvocation('{}', { deadlineMs }))
        assert.deepEqual(outcome, { outcome: 'timed-out' })
        assert.ok(Date.now() >= deadlineMs)
        await exited
        assert.deepEqual(exits, [{ status: 'signal: killed', cause: 'stopped' }])
      }))
  }

  test('invoke() heeds each deadline of its own, the later ones too', () =>
    withSandbox(open, {}, async ({ sandbox }) => {
      await sandbox.init
      const soon = sandboxInvocation('1', { deadlineMs: Date.now() + 30 })
      await sandbox.invoke(soon)
      while (Date.now() <= soon.deadlineMs) {
        const outcome = await sandbox.invoke(sandboxInvocation('2'))
        assert.deepEqual(outcome, { outcome: 'response', payload: '2' })
      }
    }))

  test('code that takes more memory than it may is killed for it', () =>
    withSandbox(open, { handler: 'hog' }, async ({ sandbox }) => {
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation('{}'))
      assert.deepEqual(outcome, {
        outcome: 'exited',
        exit: { status: 'signal: killed', cause: 'memory' },
      })
      assert.ok(sandbox.maxMemoryUsedMb() >= 256)
    }))

  test('stop() resolves when the code is gone', () =>
    withSandbox(open, {}, async ({ sandbox, exits }) => {
      await sandbox.init
      await sandbox.stop()
      assert.deepEqual(exits, [{ status: 'signal: killed', cause: 'stopped' }])
      await sandbox.stop()
      assert.equal(exits.length, 1)
    }))

  test('stop() during an init ends it, and one during an invocation that', () =>
    withSandbox(open, { handler: 'never' }, async ({ sandbox, sandboxes }) => {
      await sandbox.init
      const outcome = sandbox.invoke(sandboxInvocation('{}'))
      await sandbox.stop()
      assert.equal((await outcome).outcome, 'exited')
      const { events } = recordingSandboxEvents()
      const other = sandboxes.start(sandboxSpec({ handler: 'init-hang' }), events)
      await other.stop()
      assert.ok(['exited', 'not-started'].includes((await other.init).outcome))
    }))

  test('close() ends all of them, and nothing is started after it', () =>
    withSandbox(open, {}, async ({ sandbox, sandboxes, exits }) => {
      await sandbox.init
      await sandboxes.close()
      assert.deepEqual(exits, [{ status: 'signal: killed', cause: 'stopped' }])
      const late = sandboxes.start(sandboxSpec(), recordingSandboxEvents().events)
      assert.equal((await late.init).outcome, 'not-started')
    }))

  test('a sandbox that ends harms no other', () =>
    withSandbox(open, { handler: 'exit' }, async ({ sandbox, sandboxes }) => {
      const { events } = recordingSandboxEvents()
      const other = sandboxes.start(sandboxSpec(), events)
      await Promise.all([sandbox.init, other.init])
      const [gone, well] = await Promise.all([
        sandbox.invoke(sandboxInvocation('1')),
        other.invoke(sandboxInvocation('2')),
      ])
      assert.equal(gone.outcome, 'exited')
      assert.deepEqual(well, { outcome: 'response', payload: '2' })
    }))
}

function sizesContract(open: Open): void {
  const asksFor = (bytes: number) => sandboxInvocation(JSON.stringify({ bytes }))

  test('an answer may be as long as responseBytesMax', () =>
    withSandbox(open, { handler: 'size' }, async ({ sandbox }) => {
      await sandbox.init
      const outcome = await sandbox.invoke(asksFor(responseBytesMax))
      assert.ok(outcome.outcome === 'response')
      assert.equal(outcome.payload.length, responseBytesMax)
    }))

  test('a longer answer is told by its size, and the sandbox may be used again', () =>
    withSandbox(open, { handler: 'size' }, async ({ sandbox }) => {
      await sandbox.init
      for (const bytes of [responseBytesMax + 1, 7_340_032, 20_971_520]) {
        const outcome = await sandbox.invoke(asksFor(bytes))
        assert.deepEqual(outcome, { outcome: 'response-too-large', bytes })
      }
      const outcome = await sandbox.invoke(asksFor(10))
      assert.deepEqual(outcome, { outcome: 'response', payload: '"xxxxxxxx"' })
    }))

  test('code that floods its output is not held up, and what is dropped is said', () =>
    withSandbox(open, { handler: 'flood' }, async ({ sandbox, lines }) => {
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation('{"megabytes":200}'))
      assert.deepEqual(outcome, { outcome: 'response', payload: '"flooded"' })
      await sandbox.outputSettled()
      const told = lines.reduce((all, line) => all + line.length, 0)
      assert.ok(told > 1_000_000 && told < 60_000_000, `${told} characters were told`)
      assert.ok(lines.some((line) => line.endsWith('were dropped]')))
    }))
}
