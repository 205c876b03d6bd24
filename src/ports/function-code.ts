/** What came of storing a zip. */
export type StoredCode =
  | {
      readonly outcome: 'stored'
      /** Lower-case hexadecimal; names the code from now on. */
      readonly sha256: string
      /** Bytes of the zip, and of what is in it. */
      readonly zippedBytes: number
      readonly unzippedBytes: number
    }
  /** No zip, a broken one, one whose entries leave its folder, too many of them. For the caller. */
  | { readonly outcome: 'invalid'; readonly detail: string }
  | { readonly outcome: 'unzipped-too-large'; readonly bytesMax: number }

/**
 * The code of functions and layers: zips, each under its hash.
 *
 * Atomicity: a zip is there whole or not at all. Durability: as the state store's. Bounds: bytes zipped
 * and unzipped, entries, compression ratio; nothing in a zip reaches outside of its own folder. Failure
 * policy: rejects when the disk cannot; the call that needed it fails.
 */
export interface FunctionCode {
  /** Storing the same zip again does nothing. */
  put(zip: Uint8Array): Promise<StoredCode>
  /** The zip; undefined when there is none. */
  find(sha256: string): Promise<Uint8Array | undefined>
  /** Deletes what `isReferenced` does not claim; only while nothing is being written (at start). */
  sweep(isReferenced: (sha256: string) => boolean): Promise<number>
  /** Whether a folder of the server's machine can be run from: an absolute path of a folder that can be read. */
  findFolder(path: string): Promise<boolean>
  /**
   * Stores what such a folder holds now as a zip: the same content makes the same zip, wherever and
   * whenever. Symbolic links stay links; what is called `.git` is left out. `invalid`, by what is in the
   * way, also when there is no such folder, when something of it cannot be read or is no file, when a
   * link leads out of it, and when it does not stop changing.
   */
  freezeFolder(path: string): Promise<StoredCode>
  reset(): Promise<void>
}
