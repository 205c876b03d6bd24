/**
 * `node test/e2e/crash-rounds.ts --rounds 200 [--seed N]`: kills a writing process again and again and
 * looks whether every acknowledged write is there and none is half there.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { openSqliteStateStore } from '../../src/adapters/sqlite/state-store.ts'
import { listAll } from '../../src/control-plane/transaction.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { seededRandom, testSeed } from '../support/seeded-random.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { blobOf, hashOf, keysOf, lanesCount, paddingOf } from './crash-content.ts'

/** After so many rounds a new directory, so that its making is hit as well. */
const roundsPerDirectory = 10

export interface CrashReport {
  readonly seed: number
  readonly rounds: number
  /** Writes that the killed processes had acknowledged, all of them found. */
  readonly acknowledged: number
  /** Writes found whole though the kill came before their acknowledgement. */
  readonly unacknowledged: number
  /** Rounds in which the kill came before the store was open. */
  readonly killedWhileOpening: number
  /** What was missing, half there or different; empty when the store kept its word. */
  readonly failures: readonly string[]
}

interface Directory {
  readonly path: string
  readonly acknowledged: Set<number>
  nextNumber: number
}

/** Runs the rounds. The moments repeat with the seed, as far as the machine's timing does. */
export async function runCrashRounds(rounds: number, seed: number): Promise<CrashReport> {
  const random = seededRandom(seed)
  const failures: string[] = []
  const totals = { acknowledged: 0, unacknowledged: 0, killedWhileOpening: 0 }
  let directory = newDirectory()
  for (let round = 1; round <= rounds; round += 1) {
    const { wasOpen } = await killWriter(directory, random)
    if (!wasOpen) totals.killedWhileOpening += 1
    const found = await checkDirectory(directory)
    failures.push(...found.failures.map((failure) => `round ${round}: ${failure}`))
    if (round % roundsPerDirectory === 0 || round === rounds) {
      totals.acknowledged += directory.acknowledged.size
      totals.unacknowledged += found.count - directory.acknowledged.size
      rmSync(directory.path, { recursive: true, force: true })
      if (round < rounds) directory = newDirectory()
    }
  }
  return { seed, rounds, ...totals, failures }
}

function newDirectory(): Directory {
  const path = mkdtempSync(join(tmpdir(), 'stagedoor-crash-'))
  return { path, acknowledged: new Set(), nextNumber: 0 }
}

/** Starts a writer, kills it at a random moment, and notes what it had acknowledged. */
async function killWriter(
  directory: Directory,
  random: SeededRandom,
): Promise<{ wasOpen: boolean }> {
  const writer = new URL('crash-writer.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [writer, directory.path, String(directory.nextNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  const killAfterLines = random.integer(60)
  const delayMs = random.fraction() * 4
  // One round in eight is not waited for at all: the kill comes while the process starts or opens.
  if (random.integer(8) === 0) setTimeout(kill, random.fraction() * 120)
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    lines += 1
    if (line !== 'open') directory.acknowledged.add(Number(line))
    if (lines === killAfterLines + 1) setTimeout(kill, delayMs)
  }
  return { wasOpen: lines > 0 }
}

/** Opens what the killed process left and compares it with what it had acknowledged. */
async function checkDirectory(
  directory: Directory,
): Promise<{ count: number; failures: readonly string[] }> {
  const store = openSqliteStateStore({ dataDir: directory.path })
  try {
    const failures: string[] = []
    const found = await wholeNumbers(store, failures)
    for (const number of directory.acknowledged) {
      if (!found.has(number)) failures.push(`${number} was acknowledged and is not there`)
    }
    await checkLast(store, found, failures)
    directory.nextNumber = Math.max(-1, ...found) + 1
    // A lane's numbers go on from a multiple, so that no lane meets another's.
    while (directory.nextNumber % lanesCount !== 0) directory.nextNumber += 1
    return { count: found.size, failures }
  } finally {
    await store.close()
  }
}

interface Numbered {
  readonly number: number
  readonly padding?: string
}

/** The numbers whose two records and blob are all there and right; anything else is a failure. */
async function wholeNumbers(store: StateStore, failures: string[]): Promise<Set<number>> {
  const firsts = await listAll<Numbered>(store, ['crash', 'first'])
  const seconds = await listAll<Numbered>(store, ['crash', 'second'])
  if (firsts.length !== seconds.length) failures.push('first and second records differ in number')
  for (const [i, first] of firsts.entries()) {
    const second = seconds[i]
    const { number, padding } = first.value
    const isWhole =
      second !== undefined &&
      second.revision === first.revision &&
      second.value.number === number &&
      second.value.padding === padding &&
      padding === paddingOf(number)
    if (!isWhole) failures.push(`${number} is half there`)
    const blob = await store.findBlob(hashOf(number))
    if (blob === undefined || Buffer.compare(blob, blobOf(number)) !== 0) {
      failures.push(`the blob of ${number} is not there or differs`)
    }
  }
  return new Set(firsts.map(({ value }) => value.number))
}

/** The overwritten record of each lane must name the lane's highest number. */
async function checkLast(
  store: StateStore,
  found: ReadonlySet<number>,
  failures: string[],
): Promise<void> {
  for (let lane = 0; lane < lanesCount; lane += 1) {
    const highest = Math.max(-1, ...[...found].filter((number) => number % lanesCount === lane))
    const [, , key] = keysOf(lane)
    const value = (await store.get(key))?.value
    const last = typeof value === 'object' && value && 'number' in value ? value['number'] : -1
    if (last !== highest)
      failures.push(`lane ${lane} ended at ${highest} and says ${JSON.stringify(last)}`)
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' } },
  })
  const seed = values.seed === undefined ? testSeed() : Number(values.seed)
  process.stdout.write(`seed ${seed}\n`)
  const report = await runCrashRounds(Number(values.rounds), seed)
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  process.exitCode = report.failures.length === 0 && report.acknowledged > 0 ? 0 : 1
}

if (import.meta.main) await main()
