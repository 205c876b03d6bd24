import { randomFillSync, randomUUID } from 'node:crypto'
import type { Random } from '../../ports/random.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Bytes from here on would make the first letters more likely: they are not used. */
const unbiasedBelow = 256 - (256 % alphabet.length)
const poolBytes = 4_096

/**
 * Chance from the operating system, fit for secrets.
 *
 * Cost: bytes are fetched 4,096 at a time, so that a fraction per request costs next to nothing.
 */
export function createSystemRandom(): Random {
  const pool = new Uint8Array(poolBytes)
  let used = poolBytes
  const nextByte = (): number => {
    if (used === poolBytes) {
      randomFillSync(pool)
      used = 0
    }
    const byte = pool[used] ?? 0
    // What was given out is not kept.
    pool[used] = 0
    used += 1
    return byte
  }
  const bits = (bytesCount: number): number => {
    let value = 0
    for (let i = 0; i < bytesCount; i += 1) value = value * 256 + nextByte()
    return value
  }
  return Object.freeze({
    uuid: () => randomUUID(),
    identifier(length: number): string {
      let text = ''
      while (text.length < length) {
        const byte = nextByte()
        if (byte < unbiasedBelow) text += alphabet[byte % alphabet.length] ?? ''
      }
      return text
    },
    fraction: () => bits(6) / 2 ** 48,
  })
}
