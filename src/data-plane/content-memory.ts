/**
 * What a worker has for contents that requests need whole, while they are under way.
 *
 * A client may send a content slowly, and ten thousand may; a content of a few kilobytes may be ten megabytes
 * once it is decompressed.
 */
export interface ContentMemory {
  /** Takes so many bytes; false: there is no room for them, and none was taken. */
  take(bytes: number): boolean
  /** Gives back what was taken. */
  give(bytes: number): void
}

/** What there is unless somebody says otherwise, in bytes. */
const contentMemoryBytes = 268_435_456

/** Makes room for `bytesMax` bytes. */
export function createContentMemory(bytesMax = contentMemoryBytes): ContentMemory {
  let takenBytes = 0
  return {
    take(bytes) {
      if (takenBytes + bytes > bytesMax) return false
      takenBytes += bytes
      return true
    },
    give(bytes) {
      takenBytes -= bytes
    },
  }
}
