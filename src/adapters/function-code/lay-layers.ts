import { copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { closeFolders } from './write-tree.ts'

/** What lies at a path: a folder, or what a layer has there. */
type Laid =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly source: string }
  | { readonly kind: 'link'; readonly target: string }

/** By path with `/`. */
type Tree = Map<string, Laid>

/**
 * Makes `folder`, which must be absent, of the unpacked layers: all of the first, then all of the second
 * over it. What a later one has at a path replaces what is there, with everything below it.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
 *
 * Files are hard links where the disk takes them. Nothing is written through a symbolic link: what lies
 * where is settled first, and links are made last.
 */
export async function layLayers(layers: readonly string[], folder: string): Promise<void> {
  const tree: Tree = new Map()
  for (const layer of layers) await addLayer(tree, layer, '')
  await mkdir(folder)
  const folders = [folder]
  for (const [path, laid] of tree) {
    if (laid.kind !== 'folder') continue
    const made = join(folder, path)
    await mkdir(made, { recursive: true })
    folders.push(made)
  }
  for (const [path, laid] of tree) {
    if (laid.kind === 'file') await linkOrCopy(laid.source, join(folder, path))
  }
  for (const [path, laid] of tree) {
    if (laid.kind === 'link') await symlink(laid.target, join(folder, path))
  }
  await closeFolders(folders)
}

async function addLayer(tree: Tree, layer: string, below: string): Promise<void> {
  for (const entry of await readdir(join(layer, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    const source = join(layer, path)
    if (entry.isDirectory()) {
      if (tree.get(path)?.kind !== 'folder') replace(tree, path, { kind: 'folder' })
      await addLayer(tree, layer, path)
    } else if (entry.isSymbolicLink()) {
      replace(tree, path, { kind: 'link', target: await readlink(source) })
    } else {
      replace(tree, path, { kind: 'file', source })
    }
  }
}

function replace(tree: Tree, path: string, laid: Laid): void {
  const isFolder = tree.get(path)?.kind === 'folder'
  if (isFolder) {
    for (const other of tree.keys()) if (other.startsWith(`${path}/`)) tree.delete(other)
  }
  // Behind its parents also where it was before them, as what it replaces.
  tree.delete(path)
  tree.set(path, laid)
}

async function linkOrCopy(source: string, path: string): Promise<void> {
  try {
    await link(source, path)
  } catch {
    // No hard links on this disk, or too many of the file.
    await copyFile(source, path)
  }
}
