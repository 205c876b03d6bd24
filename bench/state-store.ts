/**
 * `node bench/state-store.ts`: what the state store costs, as ratios within one run.
 *
 * The baseline is a bare `node:sqlite` transaction of one upsert with the same durability. Variants take
 * turns in short bursts, so that a noisy machine is equally noisy to all, and the median burst counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MemoryStateStore } from '../src/adapters/memory/state-store.ts'
import { openSqliteStateStore } from '../src/adapters/sqlite/state-store.ts'
import type { StateStore } from '../src/ports/state-store.ts'

const burstsCount = 15
const burstOperations = 192
const value = { name: 'prod', variables: { backendUrl: 'https://api.example.com/v1' }, on: true }

interface Variant {
  readonly name: string
  /** Does `operations` operations. */
  readonly run: (operations: number) => Promise<void> | void
}

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-bench-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

function bareTransactions(): Variant {
  const db = new DatabaseSync(join(directory, 'bare.sqlite'))
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  db.exec('CREATE TABLE t (key TEXT PRIMARY KEY, value TEXT)')
  const put = db.prepare('INSERT OR REPLACE INTO t VALUES (?, ?)')
  const text = JSON.stringify(value)
  return {
    name: 'bare node:sqlite, one transaction each',
    run(operations) {
      for (let i = 0; i < operations; i += 1) {
        db.exec('BEGIN IMMEDIATE')
        put.run(`k${i}`, text)
        db.exec('COMMIT')
      }
    },
  }
}

/** `width` callers, each waiting for its commit before the next. */
function commits(store: StateStore, label: string, width: number): Variant {
  return {
    name: `${label} commit, ${width} at a time`,
    async run(operations) {
      const caller = async (lane: number): Promise<void> => {
        for (let i = lane; i < operations; i += width) {
          await store.commit({ expected: [], writes: [{ key: ['bench', `k${i}`], value }] })
        }
      }
      await Promise.all(Array.from({ length: width }, (_, lane) => caller(lane)))
    },
  }
}

function reads(store: StateStore, label: string): Variant[] {
  return [
    {
      name: `${label} get`,
      async run(operations) {
        for (let i = 0; i < operations; i += 1) await store.get(['many', String(i)])
      },
    },
    {
      name: `${label} list of 25`,
      async run(operations) {
        for (let i = 0; i < operations; i += 1) await store.list({ prefix: ['many'], limit: 25 })
      },
    },
  ]
}

/** Microseconds an operation, the median of the bursts. */
async function measure(variants: readonly Variant[]): Promise<Map<string, number>> {
  const bursts = new Map<string, number[]>(variants.map(({ name }) => [name, []]))
  for (let burst = 0; burst < burstsCount; burst += 1) {
    for (const { name, run } of variants) {
      const startedAt = performance.now()
      await run(burstOperations)
      bursts.get(name)?.push(((performance.now() - startedAt) * 1000) / burstOperations)
    }
  }
  return new Map([...bursts].map(([name, times]) => [name, median(times)]))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function print(title: string, times: ReadonlyMap<string, number>, baseline: string): void {
  const unit = times.get(baseline) ?? Number.NaN
  process.stdout.write(`\n${title} (1.00 = ${baseline})\n`)
  for (const [name, time] of times) {
    const ratio = (time / unit).toFixed(2)
    process.stdout.write(`  ${name.padEnd(40)} ${time.toFixed(1).padStart(9)} µs  ${ratio}\n`)
  }
}

async function fill(store: StateStore, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1_000) {
    const writes = Array.from({ length: Math.min(1_000, count - start) }, (_, i) => ({
      key: ['many', String(start + i)],
      value,
    }))
    await store.commit({ expected: [], writes })
  }
}

/** Milliseconds to open a directory with so many records. */
async function openTime(recordsCount: number): Promise<number> {
  const dataDir = join(directory, `open${recordsCount}`)
  const store = openSqliteStateStore({ dataDir })
  await fill(store, recordsCount)
  await store.close()
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now()
    const opened = openSqliteStateStore({ dataDir })
    times.push(performance.now() - startedAt)
    await opened.close()
  }
  return median(times)
}

const bare = bareTransactions()
const sqlite = openSqliteStateStore({ dataDir: join(directory, 'store') })
const memory = new MemoryStateStore()
await fill(sqlite, 10_000)
await fill(memory, 10_000)

const writing = [1, 4, 16, 64].map((width) => commits(sqlite, 'sqlite', width))
print('durable writes', await measure([bare, ...writing, commits(memory, 'memory', 1)]), bare.name)
print(
  'reads among 10,000 records',
  await measure([...reads(sqlite, 'sqlite'), ...reads(memory, 'memory')]),
  'sqlite get',
)
process.stdout.write('\nopening, with the check that the file is whole\n')
for (const count of [0, 1_000, 10_000, 100_000]) {
  const time = await openTime(count)
  process.stdout.write(`  ${String(count).padStart(7)} records ${time.toFixed(1).padStart(9)} ms\n`)
}
await sqlite.close()
