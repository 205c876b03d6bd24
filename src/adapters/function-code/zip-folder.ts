import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { forEachAtATime } from './each-at-a-time.ts'
import { InvalidZipError } from './invalid-zip.ts'
import { listFolder, read, type FolderEntry } from './list-folder.ts'
import {
  centralHeader,
  centralHeaderBytes,
  endBytes,
  endRecord,
  localHeader,
} from './zip-records.ts'

/** How often a folder is read that changes meanwhile. Chosen. */
const attemptsMax = 3
/** Files that are read at a time. Chosen. */
const readAtATimeMax = 8
/** What a listed file is opened with: never what took its place, and never to wait for another's writing. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * A zip of what is in a folder: as it is at one moment, however often it must be read for that. Nothing is
 * compressed, all times are the same, and of modes only whether a file is executable is kept: the same
 * content makes the same bytes.
 *
 * What a zip may not hold is for `readZip()` to refuse, but what must not be read for it.
 *
 * Cost: as many bytes as the zip has, once.
 * @throws {InvalidZipError} {UnzippedTooLargeError}
 */
export async function zipFolder(root: string): Promise<Buffer> {
  let listed = await listFolder(root)
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const zip = await zipOfListed(root, listed)
    const again = await listFolder(root)
    if (zip !== undefined && isSame(listed, again)) return zip
    listed = again
  }
  throw new InvalidZipError('it changes while it is read')
}

function isSame(before: readonly FolderEntry[], after: readonly FolderEntry[]): boolean {
  return (
    before.length === after.length &&
    before.every((entry, index) => {
      const other = after[index]
      return (
        entry.path === other?.path &&
        entry.kind === other.kind &&
        entry.isExecutable === other.isExecutable &&
        entry.state === other.state
      )
    })
  )
}

interface PlacedEntry {
  readonly entry: FolderEntry
  readonly name: Buffer
  /** Where its local header begins. */
  readonly offset: number
  readonly contentAt: number
}

/** Undefined: a file is not what it was when it was listed. */
async function zipOfListed(
  root: string,
  entries: readonly FolderEntry[],
): Promise<Buffer | undefined> {
  const { placed, directoryAt, bytes } = place(entries)
  const zip = Buffer.alloc(bytes)
  const checksums = new Map<FolderEntry, number>()
  let isChanged = false
  await forEachAtATime(placed, readAtATimeMax, async ({ entry, contentAt }) => {
    const content = zip.subarray(contentAt, contentAt + entry.bytes)
    if (entry.kind === 'link') content.write(entry.target)
    if (entry.kind === 'file' && !(await fillFromFile(join(root, entry.path), entry, content))) {
      isChanged = true
    }
    checksums.set(entry, crc32(content))
  })
  if (isChanged) return undefined
  let at = directoryAt
  for (const { entry, name, offset } of placed) {
    const record = { entry, name, crc: checksums.get(entry) ?? 0, offset }
    localHeader(record).copy(zip, offset)
    at += centralHeader(record).copy(zip, at)
  }
  endRecord({ entries: placed.length, directoryAt, directoryBytes: at - directoryAt }).copy(zip, at)
  return zip
}

function place(entries: readonly FolderEntry[]) {
  let at = 0
  let directoryBytes = 0
  const placed: PlacedEntry[] = []
  for (const entry of entries) {
    const name = Buffer.from(entry.path)
    const contentAt = at + localHeader({ entry, name, crc: 0, offset: at }).length
    placed.push({ entry, name, offset: at, contentAt })
    at = contentAt + entry.bytes
    directoryBytes += centralHeaderBytes + name.length
  }
  return { placed, directoryAt: at, bytes: at + directoryBytes + endBytes }
}

/** False: it is no file any more, or has fewer bytes. One that has more is seen by its time. */
function fillFromFile(path: string, entry: FolderEntry, content: Buffer): Promise<boolean> {
  return read(entry.path, async () => {
    const file = await open(path, openFlags)
    try {
      if (!(await file.stat()).isFile()) return false
      for (let at = 0; at < content.length;) {
        const { bytesRead } = await file.read(content, at, content.length - at, at)
        if (bytesRead === 0) return false
        at += bytesRead
      }
      return true
    } finally {
      await file.close()
    }
  })
}
