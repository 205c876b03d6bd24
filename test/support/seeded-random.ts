import { randomInt } from 'node:crypto'
import type { Random } from '../../src/ports/random.ts'

const identifierAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const hexDigits = '0123456789abcdef'

/** Chance that a seed repeats: the same calls on the same seed answer the same. */
export interface SeededRandom extends Random {
  readonly seed: number
  /** A whole number of at least 0 and below `below`. */
  integer(below: number): number
}

/** A seed that a failing test prints: from `STAGEDOOR_TEST_SEED` when that is set, else by chance. */
export function testSeed(): number {
  const given = process.env['STAGEDOOR_TEST_SEED']
  return given === undefined ? randomInt(2 ** 31) : Number(given)
}

/** Makes a `SeededRandom`. Small and fast (Mulberry32); nothing secret may hang on it. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const fraction = (): number => next32() / 2 ** 32
  const integer = (below: number): number => Math.floor(fraction() * below)
  const letters = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[integer(alphabet.length)]).join('')
  return {
    seed,
    fraction,
    integer,
    identifier: (length) => letters(length, identifierAlphabet),
    uuid: () =>
      [
        letters(8, hexDigits),
        letters(4, hexDigits),
        `4${letters(3, hexDigits)}`,
        `${letters(1, '89ab')}${letters(3, hexDigits)}`,
        letters(12, hexDigits),
      ].join('-'),
  }
}
