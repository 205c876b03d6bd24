/** Bytes of which each says to whom they belong, and how many they are. */
export function cachedBytes(number: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8 + length).fill(markOf(number, length))
  const view = new DataView(bytes.buffer)
  view.setInt32(0, number)
  view.setInt32(4, length)
  return bytes
}

/** True for bytes that are whole, and those of this number. */
export function checkCachedBytes(bytes: Uint8Array, number: number): boolean {
  if (bytes.length < 8) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = view.getInt32(4)
  if (view.getInt32(0) !== number || bytes.length !== 8 + length) return false
  const mark = markOf(number, length)
  return bytes.subarray(8).every((byte) => byte === mark)
}

function markOf(number: number, length: number): number {
  return (number * 31 + length * 7) & 0xff
}
