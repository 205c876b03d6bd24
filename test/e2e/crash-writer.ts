/**
 * The child of `crash-rounds.ts`: writes numbered changes into a data directory, several at once, and
 * prints each number once the store has acknowledged it, until it is killed.
 *
 * Arguments: data directory, first number.
 */
import { writeSync } from 'node:fs'
import { openSqliteStateStore } from '../../src/adapters/sqlite/state-store.ts'
import { blobOf, hashOf, keysOf, lanesCount, paddingOf } from './crash-content.ts'

const [dataDir = '', firstNumber = ''] = process.argv.slice(2)
const store = openSqliteStateStore({ dataDir })
writeSync(1, 'open\n')

/** Lanes write at the same time; each has its own numbers. */
async function writeLane(lane: number): Promise<never> {
  for (let number = Number(firstNumber) + lane; ; number += lanesCount) {
    await store.putBlob(hashOf(number), blobOf(number))
    const [first, second, last] = keysOf(number)
    const value = { number, padding: paddingOf(number) }
    const outcome = await store.commit({
      expected: [{ key: first, revision: 0 }],
      writes: [
        { key: first, value },
        { key: last, value: { number } },
        { key: second, value },
      ],
    })
    if (outcome.outcome !== 'committed') throw new Error(`${number} was there already`)
    writeSync(1, `${number}\n`)
  }
}

await Promise.all(Array.from({ length: lanesCount }, (_, lane) => writeLane(lane)))
