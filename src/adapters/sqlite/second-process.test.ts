import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import { openSqliteStateStore } from './state-store.ts'

const storeModule = new URL('state-store.ts', import.meta.url).href

/** A process that opens the directory, stores one record, says so and stays. */
async function startHolder(
  t: TestContext,
  dataDir: string,
): Promise<{ child: ChildProcess; said: string }> {
  const source = `
    import { openSqliteStateStore } from ${JSON.stringify(storeModule)}
    try {
      const store = openSqliteStateStore({ dataDir: ${JSON.stringify(dataDir)} })
      await store.commit({ expected: [], writes: [{ key: ['a'], value: 'theirs' }] })
      process.stdout.write('holding')
      setInterval(() => {}, 1_000_000)
    } catch (error) {
      process.stdout.write(error.name + ': ' + error.message)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => kill(child))
  const [said] = await once(child.stdout, 'data')
  return { child, said: String(said) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('a second process is refused while the first holds the directory', async (t) => {
  const dataDir = temporaryDirectory(t)
  const ours = openSqliteStateStore({ dataDir })
  const { child, said } = await startHolder(t, dataDir)
  await kill(child)
  assert.equal(
    said,
    `StateStoreError: the data directory ${dataDir} is in use by another process. ` +
      'Stop that one, or start this one with another data directory (--data-dir)',
  )
  await ours.commit({ expected: [], writes: [{ key: ['a'], value: 'ours' }] })
  await ours.close()
})

test('a killed process leaves no lock, and what it stored', async (t) => {
  const dataDir = temporaryDirectory(t)
  const { child, said } = await startHolder(t, dataDir)
  assert.equal(said, 'holding')
  assert.throws(
    () => openSqliteStateStore({ dataDir }),
    (error) => error instanceof StateStoreError && /in use by another process/.test(error.message),
  )
  await kill(child)
  const store = openSqliteStateStore({ dataDir })
  assert.equal((await store.get(['a']))?.value, 'theirs')
  await store.close()
})
