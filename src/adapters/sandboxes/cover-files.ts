import { readdirSync } from 'node:fs'

/** What may be opened by other threads between the look and the start of the program. Chosen. */
const slack = 256

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
  return top + 1 + slack
}
