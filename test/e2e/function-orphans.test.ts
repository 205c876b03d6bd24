import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { findStartToken } from '../../src/adapters/sandboxes/process-table.ts'
import { startGateway } from '../support/running-gateway.ts'
import {
  callStage,
  publishStagedFunction,
  untilRunning,
  type stages,
} from '../support/staged-function.ts'

/** A process by its id and its start: no later one is taken for it. */
interface Sandbox {
  readonly pid: number
  readonly token: string
}

async function startSandboxes(endpoint: string): Promise<readonly Sandbox[]> {
  const found: Sandbox[] = []
  for (const stage of ['dev', 'test', 'prod'] as const satisfies (keyof typeof stages)[]) {
    const { status, greeting } = await callStage(endpoint, stage)
    assert.equal(status, 200)
    const token = findStartToken(greeting.pid)
    assert.ok(token !== undefined)
    found.push({ pid: greeting.pid, token })
  }
  return found
}

function isAlive({ pid, token }: Sandbox): boolean {
  return findStartToken(pid) === token
}

describe('processes of functions', () => {
  for (const workers of ['1', '2']) {
    test(`are gone at the next start after kill -9, with ${workers} workers`, async () => {
      await using first = await startGateway({ arguments: ['--workers', workers] })
      await publishStagedFunction(first.endpoint)
      const sandboxes = await startSandboxes(first.endpoint)
      // The one of prod cannot notice that its server is gone.
      void callStage(first.endpoint, 'prod', '?hang=1').catch(() => {})
      await untilRunning(first.endpoint)
      await first.kill()
      assert.equal(sandboxes.filter(isAlive).at(-1), sandboxes.at(-1))
      await using second = await startGateway({
        arguments: ['--workers', workers],
        dataDirectory: first.dataDirectory,
      })
      assert.deepEqual(sandboxes.filter(isAlive), [])
      // What was stored is run again.
      const again = await startSandboxes(second.endpoint)
      assert.equal(await second.stop(), 0)
      assert.deepEqual(again.filter(isAlive), [])
    })
  }

  test('are gone after the gateway was told to stop, with those that were at work', async () => {
    await using gateway = await startGateway({
      arguments: ['--memory', '--shutdown-deadline', '0'],
    })
    await publishStagedFunction(gateway.endpoint)
    const sandboxes = await startSandboxes(gateway.endpoint)
    const cut = callStage(gateway.endpoint, 'prod', '?waitMs=9000').catch(() => undefined)
    assert.equal(await gateway.stop(), 0)
    await cut
    assert.deepEqual(sandboxes.filter(isAlive), [])
    assert.deepEqual(programsOf(gateway.process.pid ?? 0), [])
  })
})

/** Processes whose parent is that one. */
function programsOf(parent: number): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(parent)
    } catch {
      return false
    }
  })
}
