import { chmod, mkdir, open, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readZip, type ReceivedFile, type ZipReceiver } from './read-zip.ts'

/** Modes of what is unpacked: nobody writes, everybody reads. Nothing is ever setuid. */
const folderMode = 0o555
const fileMode = 0o444
const executableMode = 0o555

/**
 * Unpacks a zip into `folder`, which is made and must be absent. All in it is read-only at the end.
 *
 * Files are made anew or not at all, so that nothing is overwritten on file systems that take `A` for
 * `a` either; symbolic links come last, so that nothing is written through one.
 *
 * @throws what `readZip` throws, or what the disk says; the folder is then incomplete.
 */
export async function writeTree(zip: Uint8Array, folder: string): Promise<void> {
  await mkdir(folder)
  const folders = [folder]
  const receiver: ZipReceiver = {
    async folder(path) {
      const made = join(folder, path)
      await mkdir(made, { recursive: true })
      folders.push(made)
    },
    file: (path, file) => writeNewFile(join(folder, path), file),
    link: (path, target) => symlink(target, join(folder, path)),
  }
  await readZip(zip, receiver)
  await closeFolders(folders)
}

/** Makes folders read-only, children before their parents. */
export async function closeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await chmod(folder, folderMode)
}

async function writeNewFile(path: string, { isExecutable, pieces }: ReceivedFile): Promise<void> {
  const mode = isExecutable ? executableMode : fileMode
  if (Array.isArray(pieces) && pieces.length === 1) {
    await writeFile(path, pieces[0], { flag: 'wx', mode })
    return
  }
  const file = await open(path, 'wx', mode)
  try {
    for await (const piece of pieces) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}
