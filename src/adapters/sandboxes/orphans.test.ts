import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { killOrphans, killProgramsOfThread } from './orphans.ts'
import { findStartToken, machineToken } from './process-table.ts'
import { findRunRoot, openRunDirectory } from './run-directory.ts'
import { createRuntimes } from './runtimes.ts'
import { createSandboxes } from './sandboxes.ts'

const host = fileURLToPath(new URL('../../../test/support/sandbox-host.ts', import.meta.url))

/** Turns of the event loop until the kernel is done with it. */
async function untilGone(pid: number): Promise<void> {
  while (findStartToken(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve))
}

/** A process of the test's own, and its end. */
function startSleeper(t: TestContext): number {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  assert.ok(child.pid !== undefined)
  return child.pid
}

function runRootOf(t: TestContext): string {
  const root = findRunRoot(temporaryDirectory(t))
  assert.ok(root !== undefined)
  return root
}

/** A run directory of a server that is gone, with these records. */
function abandonedRun(root: string, name: string, records: readonly string[]): string {
  const directory = join(root, name)
  mkdirSync(directory, { mode: 0o700 })
  for (const record of records) writeFileSync(join(directory, record), '')
  return directory
}

const goneOwner = `run-4194303-1-1.${machineToken()}`

describe('a server that is killed', () => {
  test('leaves programs that the next one of this user kills, and those that they started', async (t) => {
    const runParent = temporaryDirectory(t)
    // The shell ignores what ends others, and reads from nothing.
    const script = 'trap "" HUP TERM PIPE; sleep 1000 & echo "$$ $!"; wait; sleep 1000'
    const server = spawn(process.execPath, [host, runParent, script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => server.kill('SIGKILL'))
    const [line] = await once(createInterface(server.stdout), 'line')
    const [shell = 0, sleeper = 0] = String(line).split(' ').map(Number)
    server.kill('SIGKILL')
    await once(server, 'exit')
    assert.ok(findStartToken(shell) !== undefined && findStartToken(sleeper) !== undefined)

    const warnings: unknown[] = []
    const sandboxes = createSandboxes({
      runtimes: createRuntimes({ configured: new Map(), searchPath: '' }),
      codeDirectoryOf: async () => ({ taskRoot: runParent }),
      runParent,
      log: {
        info: () => undefined,
        warn: (event) => void warnings.push(event),
        error: () => undefined,
      },
    })
    t.after(() => sandboxes.close())
    await Promise.all([untilGone(shell), untilGone(sleeper)])
    assert.deepEqual(warnings, ['function-orphans-killed'])
    await sandboxes.close()
    assert.deepEqual(readdirSync(findRunRoot(runParent) ?? ''), [])
  })
})

describe('killOrphans()', () => {
  test('leaves a process alone whose id is recorded with another start', async (t) => {
    const root = runRootOf(t)
    const pid = startSleeper(t)
    const token = findStartToken(pid) ?? ''
    abandonedRun(root, goneOwner, [`${pid}-1${token}`])
    assert.equal(killOrphans(root), 0)
    assert.equal(findStartToken(pid), token)
    assert.deepEqual(readdirSync(root), [])
  })

  test('kills one whose id and start are as recorded', async (t) => {
    const root = runRootOf(t)
    const pid = startSleeper(t)
    abandonedRun(root, goneOwner, [`${pid}-${findStartToken(pid)}`, 'what is this'])
    assert.equal(killOrphans(root), 1)
    await untilGone(pid)
    assert.deepEqual(readdirSync(root), [])
  })

  test('leaves alone what a living server has recorded', async (t) => {
    const root = runRootOf(t)
    const pid = startSleeper(t)
    const runs = openRunDirectory(root)
    runs.add(pid)
    assert.equal(killOrphans(root), 0)
    assert.ok(findStartToken(pid) !== undefined)
    runs.remove(pid)
    runs.close()
    assert.deepEqual(readdirSync(root), [])
  })

  test('leaves alone what another namespace of ids has recorded, and what is no directory of ours', (t) => {
    const root = runRootOf(t)
    const pid = startSleeper(t)
    const record = `${pid}-${findStartToken(pid)}`
    abandonedRun(root, `run-4194303-1-1.00000000.1`, [record])
    const elsewhere = abandonedRun(temporaryDirectory(t), 'elsewhere', [record])
    symlinkSync(elsewhere, join(root, goneOwner))
    assert.equal(killOrphans(root), 0)
    assert.ok(findStartToken(pid) !== undefined)
    assert.deepEqual(readdirSync(elsewhere), [record])
  })
})

test('killProgramsOfThread() kills what an ended thread of this process has left', async (t) => {
  const root = runRootOf(t)
  const [pid, other] = [startSleeper(t), startSleeper(t)]
  const own = findStartToken(process.pid)
  abandonedRun(root, `run-${process.pid}-${threadId + 71}-${own}`, [
    `${pid}-${findStartToken(pid)}`,
  ])
  abandonedRun(root, `run-${process.pid}-${threadId + 72}-${own}`, [
    `${other}-${findStartToken(other)}`,
  ])
  assert.equal(killProgramsOfThread(root, threadId + 71), 1)
  await untilGone(pid)
  assert.ok(findStartToken(other) !== undefined)
})

test('findRunRoot() refuses a directory that others can write to, and a link', (t) => {
  const name = `stagedoor-${process.getuid?.() ?? 0}`
  const open = temporaryDirectory(t)
  mkdirSync(join(open, name), { mode: 0o755 })
  assert.equal(findRunRoot(open), undefined)
  const linked = temporaryDirectory(t)
  symlinkSync(temporaryDirectory(t), join(linked, name))
  assert.equal(findRunRoot(linked), undefined)
  const fresh = temporaryDirectory(t)
  assert.equal(findRunRoot(fresh), join(fresh, name))
  assert.equal(findRunRoot(fresh), join(fresh, name))
})
