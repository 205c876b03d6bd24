import { readdirSync, readFileSync } from 'node:fs'

/** What may be opened by other threads between the look and the start of the program. Chosen. */
const slackMax = 256
/** What the child opens besides before it becomes the program. Chosen. */
const roomOfStart = 8

/**
 * How many of a child's file descriptors from 0 on must be given something of its own, so that it
 * inherits none of this process's.
 *
 * Node hands connections to other threads as descriptors that are inherited (no FD_CLOEXEC). A program that
 * had one could read and write a stranger's connection, and keep it open when the server has closed it.
 * Elsewhere than on Linux a child is given nothing but what is named.
 */
export function filesToCover(): number {
  if (process.platform !== 'linux') return 0
  let top = 0
  for (const name of readdirSync('/proc/self/fd')) top = Math.max(top, Number(name))
  return top + 1 + slackOf(top + 1, openFilesMax())
}

/**
 * How many descriptors above the `open` ones are covered, where a process may have `openMax`. As many as there
 * are, up to 256: each that is covered needs a second one while the program is started, and beyond the limit the
 * system refuses to start it.
 */
export function slackOf(open: number, openMax: number): number {
  const coverable = Math.floor((openMax - roomOfStart) / 2)
  return Math.max(0, Math.min(slackMax, coverable - open))
}

/** Of this process; Infinity when the system does not say. */
function openFilesMax(): number {
  try {
    const [, limit] =
      /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}
