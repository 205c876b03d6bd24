import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Entry, fromBufferPromise } from 'yauzl'
import { entryPathOf } from './entry-path.ts'
import { InvalidZipError, showName, showReason, UnzippedTooLargeError } from './invalid-zip.ts'
import { unzippedBytesMax, zipEntriesMax } from './zip-bounds.ts'

/** An entry with content, and where that is in the zip. */
export interface PlannedEntry {
  /** Below the folder, with `/`. */
  readonly path: string
  readonly isExecutable: boolean
  readonly isDeflated: boolean
  readonly contentAt: number
  readonly zippedBytes: number
  /** What the zip says; whoever inflates refuses another size. */
  readonly unzippedBytes: number
  readonly crc: number
}

/** What a zip wants to make. No path is there twice, and none lies below a file or a link. */
export interface ZipPlan {
  /** Parents before their children. */
  readonly folders: readonly string[]
  readonly files: readonly PlannedEntry[]
  readonly links: readonly PlannedEntry[]
}

/** Entries that are planned before others have their turn. Chosen. */
const entriesAtOnce = 500

type Kind = 'folder' | 'file' | 'link'

/** Bits of a Unix mode that say what it is. */
const kindMask = 0o170000
const kindOfMode: Readonly<Record<number, Kind>> = {
  0: 'file',
  0o100000: 'file',
  0o040000: 'folder',
  0o120000: 'link',
}
/** Systems whose zips carry Unix modes: Unix and OS X. */
const unixHosts: readonly number[] = [3, 19]

/**
 * Reads the central directory of a zip, which alone decides: names and sizes in local headers are not
 * looked at. Costs little however large the content is.
 *
 * @throws {InvalidZipError} when it is no zip or a broken or hostile one.
 * @throws {UnzippedTooLargeError} when its sizes say so.
 */
export async function planZip(zip: Buffer): Promise<ZipPlan> {
  const plan = new PlanInProgress(zip.length)
  const opened = await openZip(zip)
  if (opened.entryCount > zipEntriesMax) {
    throw new InvalidZipError(`it has ${opened.entryCount} entries, ${zipEntriesMax} are the most`)
  }
  try {
    for await (const entry of opened.eachEntry()) {
      const { fileDataStart } = await opened.readLocalFileHeaderPromise(entry, { minimal: true })
      plan.add(entry, fileDataStart)
      if (plan.entriesCount() % entriesAtOnce === 0) await nextTurn()
    }
  } catch (error) {
    throw toInvalidZip(error)
  } finally {
    opened.close()
  }
  return plan
}

async function openZip(zip: Buffer) {
  try {
    return await fromBufferPromise(zip, { lazyEntries: true, strictFileNames: true })
  } catch (error) {
    throw toInvalidZip(error)
  }
}

/** What the reader throws is the zip's fault: it reads from memory. */
function toInvalidZip(error: unknown): Error {
  if (error instanceof InvalidZipError || error instanceof UnzippedTooLargeError) return error
  return new InvalidZipError(showReason(error instanceof Error ? error.message : String(error)))
}

class PlanInProgress implements ZipPlan {
  readonly folders: string[] = []
  readonly files: PlannedEntry[] = []
  readonly links: PlannedEntry[] = []
  readonly #kinds = new Map<string, Kind>()
  /** What is left of the zip for the content of further entries: those of an honest one do not overlap. */
  #zippedBytesLeft: number
  #unzippedBytesLeft = unzippedBytesMax

  constructor(zipBytes: number) {
    this.#zippedBytesLeft = zipBytes
  }

  /** With their folders. */
  entriesCount(): number {
    return this.#kinds.size
  }

  add(entry: Entry, contentAt: number): void {
    const mode = modeOf(entry)
    const segments = entryPathOf(entry.fileName)
    const path = segments.join('/')
    const kind = kindOf(entry, mode)
    if (kind === 'folder') return this.#addFolders(segments)
    if (path === '') throw new InvalidZipError(`the entry ${showName(entry.fileName)} has no name`)
    refuseUnreadable(entry)
    this.#addFolders(segments.slice(0, -1))
    if (this.#kinds.has(path)) throw twice(path)
    this.#kinds.set(path, kind)
    this.#count(entry)
    ;(kind === 'link' ? this.links : this.files).push({
      path,
      isExecutable: (mode & 0o111) !== 0,
      isDeflated: entry.compressionMethod !== 0,
      contentAt,
      zippedBytes: entry.compressedSize,
      unzippedBytes: entry.uncompressedSize,
      crc: entry.crc32,
    })
  }

  #addFolders(segments: readonly string[]): void {
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const path = segments.slice(0, depth).join('/')
      const kind = this.#kinds.get(path)
      if (kind === 'folder') continue
      if (kind !== undefined) throw twice(path)
      this.#kinds.set(path, 'folder')
      this.folders.push(path)
    }
  }

  #count(entry: Entry): void {
    this.#zippedBytesLeft -= entry.compressedSize
    if (this.#zippedBytesLeft < 0) throw new InvalidZipError('its entries overlap')
    this.#unzippedBytesLeft -= entry.uncompressedSize
    if (this.#unzippedBytesLeft < 0) throw new UnzippedTooLargeError()
  }
}

function modeOf(entry: Entry): number {
  return unixHosts.includes(entry.versionMadeBy >>> 8) ? entry.externalFileAttributes >>> 16 : 0
}

function kindOf(entry: Entry, mode: number): Kind {
  const kind = kindOfMode[mode & kindMask]
  if (kind === undefined) {
    throw new InvalidZipError(
      `the entry ${showName(entry.fileName)} is no file, folder or symbolic link`,
    )
  }
  return kind === 'file' && entry.fileName.endsWith('/') ? 'folder' : kind
}

function refuseUnreadable(entry: Entry): void {
  const name = showName(entry.fileName)
  if (entry.isEncrypted()) throw new InvalidZipError(`the entry ${name} is encrypted`)
  const method = entry.compressionMethod
  if (method !== 0 && method !== 8) {
    throw new InvalidZipError(`the entry ${name} is compressed by the unknown method ${method}`)
  }
}

function twice(path: string): InvalidZipError {
  return new InvalidZipError(`the entry ${showName(path)} is there twice`)
}
