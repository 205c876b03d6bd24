/**
 * HalfSipHash-1-3 of the first `length` bytes, 32 bits: who does not know the seed cannot make keys that meet in
 * one place of an index.
 *
 * The rounds are written out: as functions they cost several times as much.
 */
export function keyHash(
  bytes: Uint8Array,
  {
    length,
    seed0,
    seed1,
  }: { readonly length: number; readonly seed0: number; readonly seed1: number },
): number {
  let v0 = seed0
  let v1 = seed1
  let v2 = 0x6c796765 ^ seed0
  let v3 = 0x74656462 ^ seed1
  const last = length & ~3
  for (let i = 0; i <= last; i += 4) {
    const word = i < last ? wordAt(bytes, i) : lastWord(bytes, last, length)
    v3 ^= word
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
    v0 ^= word
  }
  v2 ^= 0xff
  for (let round = 0; round < 3; round += 1) {
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

/** What is left over, and the length. */
function lastWord(bytes: Uint8Array, from: number, length: number): number {
  let word = length << 24
  for (let i = from; i < length; i += 1) word |= (bytes[i] ?? 0) << (8 * (i - from))
  return word
}
