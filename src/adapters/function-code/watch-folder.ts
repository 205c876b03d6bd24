import { type FSWatcher, watch } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { walkFolder } from './walk-folder.ts'

/** How long nothing must change before a change is told: an editor or a build writes many files. Chosen. */
const quietMs = 100
/** A folder that never rests is told of this often. Chosen. */
const restlessMs = 1_000
/** How soon after a change new folders are looked for; they must be watched before the change is told. */
const followMs = 50
/** Between two looks where the system tells of no changes. Chosen. */
const pollMs = 500
/** Of the time, looking takes no more than one part in so many. Chosen. */
const pollShare = 5

/**
 * Calls `onChange` soon after files below `path` changed, came or went; answers what ends that. The
 * folder may be absent, and come later.
 *
 * Each folder is watched by itself, `node_modules` like any other, within the bounds of `walkFolder()`.
 * Where they cannot be watched (more than the system allows, a file system that does not tell)
 * modification times are looked at every 500 ms. Symbolic links below `path` are not followed. Keeps no
 * process alive.
 */
export function watchFolder(
  path: string,
  onChange: () => void,
  /** For tests: what watches one folder, and how often is looked where that fails. */
  options: { readonly watchOne?: typeof watch; readonly pollMs?: number } = {},
): () => void {
  const teller = tellWhenQuiet(onChange)
  const watching = new FolderWatch({
    path,
    changed: teller.changed,
    watchOne: watch,
    pollMs,
    ...options,
  })
  void watching.settle()
  return () => {
    watching.close()
    teller.close()
  }
}

/** Calls `tell` when `changed` was called and then was not for a while. */
function tellWhenQuiet(tell: () => void): { changed(): void; close(): void } {
  let timer: NodeJS.Timeout | undefined
  let firstMs = 0
  const ring = (): void => {
    timer = undefined
    tell()
  }
  return {
    changed() {
      const nowMs = performance.now()
      if (timer === undefined) firstMs = nowMs
      clearTimeout(timer)
      timer = setTimeout(ring, Math.max(0, Math.min(quietMs, firstMs + restlessMs - nowMs))).unref()
    },
    close() {
      clearTimeout(timer)
    },
  }
}

interface FolderWatchOptions {
  readonly path: string
  readonly changed: () => void
  readonly watchOne: typeof watch
  readonly pollMs: number
}

class FolderWatch {
  readonly #options: FolderWatchOptions
  readonly #watchers = new Map<string, FSWatcher>()
  /** Of the last look at all files; undefined before the first. */
  #known: string | undefined
  #timer: NodeJS.Timeout | undefined
  #canWatch = true
  #isClosed = false

  constructor(options: FolderWatchOptions) {
    this.#options = options
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#dropWatchers()
  }

  /**
   * Looks at all files, and again once they are watched, so that no change falls between. Where they
   * are not, comes back later.
   */
  async settle(): Promise<void> {
    const startMs = performance.now()
    const folders = await this.#compare()
    if (this.#isClosed) return
    if (folders.length > 0 && this.#watchAll(folders)) {
      const again = await this.#compare()
      if (!this.#isClosed) this.#watchAll(again)
    } else {
      const tookMs = performance.now() - startMs
      this.#soon(Math.max(this.#options.pollMs, tookMs * pollShare), () => void this.settle())
    }
  }

  /** The folders that are there. Tells of a change when what is in them is not what was. */
  async #compare(): Promise<readonly string[]> {
    const found = await walkFolder(await this.#root(), { withTimes: true })
    if (this.#isClosed) return []
    if (this.#known !== undefined && this.#known !== found.fingerprint) this.#options.changed()
    this.#known = found.fingerprint
    return found.folders
  }

  /** After a change where folders are watched: watches those that came. */
  async #follow(): Promise<void> {
    const { folders } = await walkFolder(await this.#root(), { withTimes: false })
    if (this.#isClosed || (folders.length > 0 && this.#watchAll(folders))) return
    this.#dropWatchers()
    await this.settle()
  }

  #root(): Promise<string> {
    return realpath(this.#options.path).catch(() => this.#options.path)
  }

  #soon(delayMs: number, look: () => void): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      look()
    }, delayMs).unref()
  }

  /** Watches exactly these. False: they cannot be watched, and never will be. */
  #watchAll(folders: readonly string[]): boolean {
    if (!this.#canWatch) return false
    const wanted = new Set(folders)
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    try {
      for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watchFolder(folder)
    } catch (error) {
      // A folder that went away meanwhile is not a folder that cannot be watched.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
      this.#canWatch = false
      this.#dropWatchers()
    }
    return this.#canWatch
  }

  #watchFolder(folder: string): void {
    const watcher = this.#options.watchOne(folder, { persistent: false })
    watcher.on('change', () => this.#changedWithin())
    watcher.on('error', () => {
      watcher.close()
      this.#watchers.delete(folder)
      this.#changedWithin()
    })
    this.#watchers.set(folder, watcher)
  }

  #changedWithin(): void {
    if (this.#isClosed) return
    this.#options.changed()
    this.#soon(followMs, () => void this.#follow())
  }

  #dropWatchers(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }
}
