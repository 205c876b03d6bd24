import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Deletes a file or a folder with all that is in it, read-only folders too. Absent: does nothing.
 * Symbolic links are not followed.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch {
    await makeWritable(path)
    await rm(path, { recursive: true, force: true })
  }
}

/** As `removeTree()`, so that nobody sees the folder while it is half gone. `aside` is on the same disk. */
export async function removeTreeAtOnce(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    if (isAbsence(error)) return
    throw error
  }
  await removeTree(aside)
}

/** Whether an error of the file system says that there is nothing at the path. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function makeWritable(path: string): Promise<void> {
  const found = await lstat(path)
  if (!found.isDirectory()) return
  await chmod(path, 0o700)
  for (const name of await readdir(path)) await makeWritable(join(path, name))
}
