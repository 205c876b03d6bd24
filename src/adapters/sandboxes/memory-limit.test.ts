import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { findCgroupRoot, openCgroup } from './cgroup.ts'
import { createMemoryLimit, nodeHeapFlags } from './memory-limit.ts'
import { createMemoryWatch } from './memory-watch.ts'

const isIdle = () => true
const over = () => assert.fail('it is within its memory')

/** A directory with the files of one of cgroup v2. It limits nothing: the kernel is not behind it. */
function cgroupDirectory(t: TestContext, controllers: string): string {
  const directory = temporaryDirectory(t)
  writeFileSync(join(directory, 'cgroup.subtree_control'), controllers)
  return directory
}

describe('findCgroupRoot()', () => {
  test('takes a directory where memory is accounted, and no other', (t) => {
    const directory = cgroupDirectory(t, 'cpu memory\n')
    assert.equal(findCgroupRoot(directory), directory)
    assert.equal(findCgroupRoot(temporaryDirectory(t)), undefined)
    assert.equal(findCgroupRoot('/nowhere'), undefined)
  })

  test('asks for the accounting of memory where it is not on', (t) => {
    const directory = cgroupDirectory(t, '')
    assert.equal(findCgroupRoot(directory), directory)
    assert.equal(readFileSync(join(directory, 'cgroup.subtree_control'), 'utf8'), '+memory')
  })
})

describe('openCgroup()', () => {
  test('sets the limit and puts the program in', (t) => {
    const root = cgroupDirectory(t, 'memory')
    const guard = openCgroup(root, { pid: 4711, memoryMb: 128, isIdle, over })
    assert.ok(guard !== undefined)
    const read = (name: string) => readFileSync(join(root, 'stagedoor-4711', name), 'utf8')
    assert.equal(read('memory.max'), '134217728')
    assert.equal(read('memory.swap.max'), '0')
    assert.equal(read('memory.oom.group'), '1')
    assert.equal(read('cgroup.procs'), '4711')
  })

  test('tells the most that was used, and that the kernel killed it', (t) => {
    const root = cgroupDirectory(t, 'memory')
    const guard = openCgroup(root, { pid: 4711, memoryMb: 128, isIdle, over })
    const write = (name: string, text: string) =>
      writeFileSync(join(root, 'stagedoor-4711', name), text)
    assert.deepEqual([guard?.mostBytes(), guard?.wasKilled()], [0, false])
    write('memory.peak', '1000\n')
    write('memory.current', '900\n')
    write('memory.events', 'low 0\noom 1\noom_kill 2\noom_group_kill 1\n')
    assert.deepEqual([guard?.mostBytes(), guard?.wasKilled()], [1_000, true])
    guard?.close()
  })

  test('is undefined where the kernel refuses', (t) => {
    assert.equal(
      openCgroup(join(temporaryDirectory(t), 'gone'), { pid: 1, memoryMb: 1, isIdle, over }),
      undefined,
    )
    const root = cgroupDirectory(t, 'memory')
    // What cannot be written to, whoever writes.
    mkdirSync(join(root, 'stagedoor-4711', 'memory.max'), { recursive: true })
    assert.equal(openCgroup(root, { pid: 4711, memoryMb: 1, isIdle, over }), undefined)
  })
})

test('createMemoryLimit() looks by itself where there is no cgroup, and at what cannot be put into one', (t) => {
  const watch = createMemoryWatch()
  t.after(() => watch.close())
  const order = { pid: process.pid, memoryMb: 10_240, isIdle, over }
  const limit = createMemoryLimit(undefined, watch)
  assert.equal(limit.mode, 'watch')
  const guard = limit.guard(order)
  assert.ok(guard.mostBytes() > 1_048_576)
  guard.close()
  const inVain = createMemoryLimit(join(temporaryDirectory(t), 'gone'), watch).guard(order)
  assert.ok(inVain.mostBytes() > 1_048_576)
  inVain.close()
})

test('nodeHeapFlags() leave room for Node itself', () => {
  assert.deepEqual(nodeHeapFlags(128), ['--max-old-space-size=84', '--max-semi-space-size=6'])
  assert.deepEqual(nodeHeapFlags(1_024), ['--max-old-space-size=890', '--max-semi-space-size=51'])
})
