import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  recordingSandboxEvents,
  sandboxInvocation,
  sandboxSpec,
} from '../../../test/support/sandbox-scene.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import type { FunctionVersion } from '../../snapshot/function-declaration.ts'
import { findStartToken, listRunning } from './process-table.ts'
import { createRuntimes } from './runtimes.ts'
import { createSandboxes, type SandboxesOptions } from './sandboxes.ts'

const bootstrapDirectory = fileURLToPath(
  new URL('../../../test/support/scripted-runtime', import.meta.url),
)

/** A sandbox of the scripted runtime, and what its adapter warned of. */
function openScene(
  t: TestContext,
  version: Partial<FunctionVersion>,
  more: Partial<SandboxesOptions> = {},
) {
  const directory = temporaryDirectory(t)
  const warnings: string[] = []
  const sandboxes = createSandboxes({
    runtimes: createRuntimes({ configured: new Map(), searchPath: '' }),
    codeDirectoryOf: async () => ({ taskRoot: directory }),
    bootstrapDirectory,
    runParent: directory,
    log: {
      info: () => undefined,
      warn: (event) => void warnings.push(event),
      error: () => assert.fail('nothing is an error'),
    },
    ...more,
  })
  t.after(() => sandboxes.close())
  const recorded = recordingSandboxEvents()
  const sandbox = sandboxes.start(sandboxSpec(version), recorded.events)
  return { ...recorded, sandbox, sandboxes, directory, warnings }
}

/** Turns of the event loop until it holds: what is awaited is the kernel's own work, soon done. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

const killed = { status: 'signal: killed' }

describe('a sandbox whose code breaks the rules', () => {
  for (const handler of ['garbage', 'deaf']) {
    test(`ends, and no other way than by being killed: ${handler}`, async (t) => {
      const { sandbox, warnings, exited } = openScene(t, { handler })
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation('{}'))
      assert.deepEqual(outcome, { outcome: 'exited', exit: killed })
      await exited
      assert.deepEqual(warnings, handler === 'garbage' ? ['function-channel-broken'] : [])
    })
  }

  test('ends when it answers what it was not asked', async (t) => {
    const { sandbox, warnings, exited, exits } = openScene(t, { handler: 'twice' })
    await sandbox.init
    const outcome = await sandbox.invoke(sandboxInvocation('1'))
    assert.deepEqual(outcome, { outcome: 'response', payload: '1' })
    await exited
    assert.deepEqual([exits, warnings], [[killed], ['function-channel-broken']])
  })

  for (const [handler, status] of [
    ['last-error', 'exit status 129'],
    ['last-error-stays', 'signal: killed'],
  ] as const) {
    test(`answers with its last error when it is gone: ${handler}`, async (t) => {
      const { sandbox, exits } = openScene(t, { handler })
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation('{}'))
      assert.deepEqual(outcome, { outcome: 'error', payload: '{"errorType":"Error"}' })
      assert.deepEqual(exits, [{ status }])
    })
  }

  test('gives the answer that it wrote as its last', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const { sandbox, exited, exits } = openScene(t, { handler: 'last' })
      await sandbox.init
      const outcome = await sandbox.invoke(sandboxInvocation('1'))
      assert.deepEqual(outcome, { outcome: 'response', payload: '1' })
      await exited
      assert.deepEqual(exits, [{ status: 'exit status 0' }])
    }
  })
})

describe('a sandbox whose code starts others', () => {
  test('takes them with it', async (t) => {
    const { sandbox } = openScene(t, { handler: 'grandchild' })
    await sandbox.init
    const outcome = await sandbox.invoke(sandboxInvocation('{}'))
    assert.ok(outcome.outcome === 'response')
    const { pid, own } = JSON.parse(outcome.payload)
    assert.equal(listRunning().find((entry) => entry.pid === pid)?.groupId, own)
    await sandbox.stop()
    await until(() => findStartToken(pid) === undefined)
  })

  test('is killed for the memory that they take together', async (t) => {
    const { sandbox } = openScene(t, { handler: 'outcast', memoryMb: 200 })
    await sandbox.init
    const outcome = await sandbox.invoke(sandboxInvocation('{}'))
    assert.deepEqual(outcome, { outcome: 'exited', exit: { ...killed, cause: 'memory' } })
  })
})

test('a Node whose heap is full is told as out of memory', async (t) => {
  const { sandbox } = openScene(t, { handler: 'heap', memoryMb: 128 })
  await sandbox.init
  const outcome = await sandbox.invoke(sandboxInvocation('{}'))
  assert.ok(outcome.outcome === 'exited')
  assert.equal(outcome.exit.cause, 'memory')
})

describe('the output of a sandbox', () => {
  test('comes in whole lines and characters, however it was written', async (t) => {
    const { sandbox, lines } = openScene(t, { handler: 'lines' })
    await sandbox.init
    const bytes = Buffer.from('grün\n\n€uro\r\nlast')
    const pieces = [...bytes].map((byte) => Buffer.from([byte]).toString('base64'))
    await sandbox.invoke(sandboxInvocation(JSON.stringify({ pieces })))
    await sandbox.outputSettled()
    assert.deepEqual(lines, ['grün', '', '€uro\r', 'last'])
  })

  test('keeps the place and the time of what was logged', async (t) => {
    const { sandbox, lines, timestamps } = openScene(t, { handler: 'streams' })
    await sandbox.init
    await sandbox.invoke(sandboxInvocation('{}'))
    assert.ok(lines.indexOf('logged') < lines.indexOf('warned') && lines.includes('logged'))
    assert.equal(timestamps[lines.indexOf('logged')], 1_700_000_000_000.5)
  })
})

describe('what a function finds', () => {
  test('is its directory, its variables, and nothing of the server', async (t) => {
    process.env['STAGEDOOR_TEST_SECRET'] = 'secret'
    t.after(() => delete process.env['STAGEDOOR_TEST_SECRET'])
    const scene = openScene(
      t,
      { handler: 'environment', environment: { TABLE: 'orders' } },
      { awsEndpointUrl: 'http://127.0.0.1:4566' },
    )
    await scene.sandbox.init
    const outcome = await scene.sandbox.invoke(sandboxInvocation('{}'))
    assert.ok(outcome.outcome === 'response')
    const found = JSON.parse(outcome.payload)
    assert.equal(found.LAMBDA_TASK_ROOT, scene.directory)
    assert.equal(found.TABLE, 'orders')
    assert.equal(found.AWS_ENDPOINT_URL, 'http://127.0.0.1:4566')
    assert.equal(found.AWS_LAMBDA_RUNTIME_API, undefined)
    assert.ok(!outcome.payload.includes('secret'))
    assert.equal(found.HOME, undefined)
  })

  test('is nothing to run where there is no code: the sandbox tells why', async (t) => {
    const { sandbox } = openScene(
      t,
      {},
      { codeDirectoryOf: () => Promise.reject(new Error('there is no such zip')) },
    )
    assert.deepEqual(await sandbox.init, { outcome: 'not-started', detail: 'there is no such zip' })
    assert.equal((await sandbox.invoke(sandboxInvocation('{}'))).outcome, 'exited')
    await sandbox.stop()
  })

  test('is nothing where no command runs the runtime, or its bootstrap cannot be run', async (t) => {
    const { sandbox } = openScene(t, { runtime: 'ruby3.4' })
    const init = await sandbox.init
    assert.deepEqual(init, { outcome: 'not-started', detail: 'nothing runs the runtime ruby3.4' })
    const other = openScene(t, { runtime: 'provided.al2023' })
    writeFileSync(join(other.directory, 'bootstrap'), '#!/bin/sh\n', { mode: 0o644 })
    const detail = `there is no executable bootstrap in ${other.directory}`
    assert.deepEqual(await other.sandbox.init, { outcome: 'not-started', detail })
    const nowhere = openScene(t, {}, { codeDirectoryOf: async () => ({ taskRoot: '/nowhere' }) })
    const missing = 'there is no directory /nowhere'
    assert.deepEqual(await nowhere.sandbox.init, { outcome: 'not-started', detail: missing })
  })
})

test('a cgroup that cannot be used is warned of, and memory is watched', (t) => {
  const { sandboxes, warnings } = openScene(t, {}, { cgroupRoot: '/nowhere' })
  assert.deepEqual([sandboxes.memoryMode, warnings], ['watch', ['function-cgroup-refused']])
})

describe('a folder that code runs from', () => {
  test('is watched once for all sandboxes, and told to each', async (t) => {
    const watched: { path: string; changed: () => void; isEnded: boolean }[] = []
    const watchFolder = (path: string, changed: () => void) => {
      const entry = { path, changed, isEnded: false }
      watched.push(entry)
      return () => void (entry.isEnded = true)
    }
    const code = { kind: 'folder', path: '/somewhere' } as const
    const { sandbox, sandboxes, changes } = openScene(t, { code }, { watchFolder })
    const other = recordingSandboxEvents()
    const otherSandbox = sandboxes.start(sandboxSpec({ code }), other.events)
    await Promise.all([sandbox.init, otherSandbox.init])
    assert.deepEqual(
      watched.map(({ path }) => path),
      ['/somewhere'],
    )
    watched[0]?.changed()
    assert.deepEqual([changes(), other.changes()], [1, 1])
    await sandbox.stop()
    watched[0]?.changed()
    assert.deepEqual([changes(), other.changes()], [1, 2])
    await otherSandbox.stop()
    assert.equal(watched[0]?.isEnded, true)
  })
})

describe('the run directory', () => {
  test('has a file for each program while it runs, and is gone after close()', async (t) => {
    const { sandbox, sandboxes, directory } = openScene(t, { handler: 'grandchild' })
    await sandbox.init
    const root = join(directory, `stagedoor-${process.getuid?.() ?? 0}`)
    const [run = ''] = readdirSync(root)
    assert.match(run, /^run-\d+-\d+-[\w.]+$/)
    const outcome = await sandbox.invoke(sandboxInvocation('{}'))
    assert.ok(outcome.outcome === 'response')
    const { own } = JSON.parse(outcome.payload)
    assert.deepEqual(
      readdirSync(join(root, run)).filter((name) => name.startsWith(`${own}-`)),
      [`${own}-${findStartToken(own)}`],
    )
    await sandboxes.close()
    assert.deepEqual(readdirSync(root), [])
  })

  test('has what a program starts while that lives', async (t) => {
    const { sandbox, directory } = openScene(t, { handler: 'waits' })
    await sandbox.init
    const root = join(directory, `stagedoor-${process.getuid?.() ?? 0}`)
    const recorded = () =>
      readdirSync(join(root, readdirSync(root)[0] ?? '')).map((name) => Number.parseInt(name, 10))
    const [own] = recorded()
    const outcome = sandbox.invoke(sandboxInvocation('{}'))
    await until(() => recorded().length === 2)
    const started = recorded().find((pid) => pid !== own)
    assert.ok(started !== undefined)
    process.kill(started)
    assert.equal((await outcome).outcome, 'response')
    await until(() => {
      sandbox.maxMemoryUsedMb()
      return recorded().length === 1
    })
    assert.deepEqual(recorded(), [own])
  })

  test('is done without, and warned of, where others could write to it', async (t) => {
    const directory = temporaryDirectory(t)
    const root = join(directory, `stagedoor-${process.getuid?.() ?? 0}`)
    mkdirSync(root, { mode: 0o755 })
    const { sandbox, warnings } = openScene(t, {}, { runParent: directory })
    assert.equal((await sandbox.init).outcome, 'ready')
    assert.deepEqual(warnings, ['function-run-directory-unsafe'])
    assert.deepEqual(readdirSync(root), [])
  })
})
