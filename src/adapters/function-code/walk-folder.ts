import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders and files that a walk looks at. Chosen; changes of what is beyond them are not seen. */
const walkedFoldersMax = 4_096
const walkedFilesMax = 50_000

/** What a walk found. */
export interface WalkedFolder {
  /** The folder itself, then those below it, near ones first. Empty: there is no such folder. */
  readonly folders: readonly string[]
  /** Another one when a file came or went and, with times, when its size or modification time changed. */
  readonly fingerprint: string
}

/**
 * The folders below `root` and what tells their content from another. Symbolic links are not followed.
 * What cannot be read counts as empty: files come and go meanwhile.
 */
export async function walkFolder(
  root: string,
  options: { readonly withTimes: boolean },
): Promise<WalkedFolder> {
  const folders: string[] = []
  const hash = createHash('sha256')
  const waiting = [root]
  let filesLeft = walkedFilesMax
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const entries = await entriesOf(folder)
    if (entries === undefined) continue
    folders.push(folder)
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (folders.length + waiting.length < walkedFoldersMax) waiting.push(path)
      } else if (filesLeft > 0) {
        filesLeft -= 1
        hash.update(`${path}\0${options.withTimes ? await timesOf(path) : ''}\0`)
      }
    }
  }
  return { folders, fingerprint: folders.length === 0 ? '' : hash.digest('hex') }
}

/** In the order of their names; undefined when there is no such folder. */
async function entriesOf(folder: string): Promise<readonly Dirent[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return undefined
  }
}

async function timesOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await lstat(path)
    return `${mtimeMs} ${size}`
  } catch {
    return ''
  }
}
