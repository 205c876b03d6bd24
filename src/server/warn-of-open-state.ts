import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { OperatorLog } from '../ports/operator-log.ts'

const writableByOthers = 0o002
const readableByOthers = 0o004
const enterableByOthers = 0o001

/**
 * Tells the operator of a data directory in which other users of the machine may put things, code of functions
 * too, or read what is stored. What the server makes itself is its own user's alone; a directory that was there
 * before is left as it is, since somebody may mean it so.
 *
 * Does nothing where files have no such modes (Windows).
 */
export function warnOfOpenState(directory: string, log: Pick<OperatorLog, 'warn'>): void {
  if (process.getuid === undefined) return
  const { mode, uid } = lstatOf(directory) ?? { mode: 0, uid: 0 }
  const warn = (path: string, detail: string) => log.warn('state-open-to-others', { path, detail })
  if ((mode & writableByOthers) !== 0) {
    warn(directory, 'every user of this machine may write here: chmod o-w')
  }
  if (uid !== process.getuid() && uid !== 0) {
    warn(directory, `it belongs to another user (${uid}), who may replace what is in it`)
  }
  if ((mode & enterableByOthers) === 0) return
  for (const name of ['state.sqlite', 'state.sqlite-wal']) {
    const path = join(directory, name)
    if (((lstatOf(path)?.mode ?? 0) & (readableByOthers | writableByOthers)) === 0) continue
    warn(path, 'every user of this machine may read it, with API keys and private keys: chmod 600')
  }
}

function lstatOf(path: string): { readonly mode: number; readonly uid: number } | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}
