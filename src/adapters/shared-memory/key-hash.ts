/**
 * HalfSipHash-1-3 of some bytes, 32 bits: who does not know the seed cannot make keys that meet in one place
 * of an index.
 */
export function keyHash(bytes: Uint8Array, seed0: number, seed1: number): number {
  let v0 = seed0
  let v1 = seed1
  let v2 = 0x6c796765 ^ seed0
  let v3 = 0x74656462 ^ seed1
  const round = (): void => {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  const absorb = (word: number): void => {
    v3 ^= word
    round()
    v0 ^= word
  }
  const { length } = bytes
  const wholeBytes = length & ~3
  for (let i = 0; i < wholeBytes; i += 4) absorb(wordAt(bytes, i))
  let last = length << 24
  for (let i = wholeBytes; i < length; i += 1) last |= (bytes[i] ?? 0) << (8 * (i - wholeBytes))
  absorb(last)
  v2 ^= 0xff
  round()
  round()
  round()
  return v1 ^ v3
}

function wordAt(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] ?? 0) |
    ((bytes[i + 1] ?? 0) << 8) |
    ((bytes[i + 2] ?? 0) << 16) |
    ((bytes[i + 3] ?? 0) << 24)
  )
}
