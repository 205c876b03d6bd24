import type { RecordKey } from '../../src/ports/state-store.ts'

/** How many changes are under way at once. */
export const lanesCount = 3

/** The two records that belong together, and the one that the lane overwrites each time. */
export function keysOf(number: number): readonly [RecordKey, RecordKey, RecordKey] {
  const name = String(number).padStart(9, '0')
  return [
    ['crash', 'first', name],
    ['crash', 'second', name],
    ['crash', 'last', `lane${number % lanesCount}`],
  ]
}

/** Text of 0 to 20,000 characters, so that pages overflow and the log is merged now and then. */
export function paddingOf(number: number): string {
  return `${number} `.repeat((number * 7919) % 2_000)
}

export function hashOf(number: number): string {
  return `blob${number}`
}

/** 0 to 60,000 bytes that only this number has. */
export function blobOf(number: number): Uint8Array {
  return new Uint8Array((number * 104_729) % 60_000).fill(number % 256)
}
