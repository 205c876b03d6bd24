import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { forEachAtATime } from './each-at-a-time.ts'
import { InvalidZipError, showName, UnzippedTooLargeError } from './invalid-zip.ts'
import { unzippedBytesMax, zipEntriesMax } from './zip-bounds.ts'

/** Something in a folder that becomes an entry of a zip. */
export interface FolderEntry {
  /** Below the folder, with `/`; that of a folder ends with one. */
  readonly path: string
  readonly kind: 'file' | 'link' | 'empty-folder'
  readonly isExecutable: boolean
  /** Of the content: of a link of where it leads. */
  readonly bytes: number
  /** Where a link leads; empty for all else. */
  readonly target: string
  /** Another one when the content may be another. */
  readonly state: string
}

/**
 * Left out wherever it is: what a repository remembers is no code, may hold what was deleted for a reason,
 * and changes while the code does not.
 */
const leftOut = '.git'
/** Looks at a time, as many as there are threads for it, twice over. Chosen. */
const looksAtATimeMax = 8

/**
 * What is in a folder, by path in the order of code units. Symbolic links are not followed, but that which
 * `root` itself may be.
 *
 * @throws {InvalidZipError} for what cannot be read, what is no file, folder or link, and too many entries.
 * @throws {UnzippedTooLargeError}
 */
export async function listFolder(root: string): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = []
  let bytesLeft = unzippedBytesMax
  const add = (entry: FolderEntry): void => {
    entries.push(entry)
    bytesLeft -= entry.bytes
    if (entries.length > zipEntriesMax) {
      throw new InvalidZipError(`it has more than ${zipEntriesMax} entries`)
    }
    if (bytesLeft < 0) throw new UnzippedTooLargeError()
  }
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const below = folder
    const found = await read(below, () => namesIn(join(root, below)))
    if (found.length === 0 && below !== '') add(emptyFolder(below))
    for (const entry of found) if (entry.isDirectory()) waiting.push(`${below}${entry.name}/`)
    const others = found.filter((entry) => !entry.isDirectory())
    await forEachAtATime(others, looksAtATimeMax, async ({ name }) => {
      add(await look(root, `${below}${name}`))
    })
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function namesIn(folder: string): Promise<readonly Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true })
  return found.filter(({ name }) => name !== leftOut)
}

function emptyFolder(path: string): FolderEntry {
  return { path, kind: 'empty-folder', isExecutable: false, bytes: 0, target: '', state: '' }
}

function look(root: string, path: string): Promise<FolderEntry> {
  return read(path, async () => {
    const found = await lstat(join(root, path))
    if (found.isSymbolicLink()) {
      const target = await readlink(join(root, path))
      const bytes = Buffer.byteLength(target)
      return { path, kind: 'link', isExecutable: false, bytes, target, state: target }
    }
    if (!found.isFile()) {
      throw new InvalidZipError(`the entry ${showName(path)} is no file, folder or symbolic link`)
    }
    return {
      path,
      kind: 'file',
      isExecutable: (found.mode & 0o111) !== 0,
      bytes: found.size,
      target: '',
      state: `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`,
    }
  })
}

/** What the disk refuses is told by the path below the folder, and why in the system's word. */
export async function read<Result>(path: string, reading: () => Promise<Result>): Promise<Result> {
  try {
    return await reading()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const what = path === '' ? 'the folder' : `the entry ${showName(path)}`
    throw new InvalidZipError(`${what} cannot be read: ${String(error.code)}`)
  }
}
