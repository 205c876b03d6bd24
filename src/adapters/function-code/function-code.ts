import { createHash, randomUUID } from 'node:crypto'
import { access, constants, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sha256Hex } from '../../aws/sha256.ts'
import type { FunctionCode, StoredCode } from '../../ports/function-code.ts'
import { syncFolder, writeDurably } from './durable-file.ts'
import { InvalidZipError, UnzippedTooLargeError } from './invalid-zip.ts'
import { layLayers } from './lay-layers.ts'
import { readZip, type ZipReceiver } from './read-zip.ts'
import { isAbsence, removeTree, removeTreeAtOnce } from './remove-tree.ts'
import { writeTree } from './write-tree.ts'
import { unzippedBytesMax } from './zip-bounds.ts'
import { zipFolder } from './zip-folder.ts'

/** Code as whoever runs it needs it: in folders. */
export interface UnpackedCode {
  /**
   * Absolute path of the folder with the content of the zip, read-only. Unpacked by the first call.
   *
   * Rejects when there is no such zip, or the disk cannot.
   */
  codeDirectory(sha256: string): Promise<string>
  /** As `codeDirectory()`, of layers laid over each other in their order; an empty folder of none. */
  optDirectory(layers: readonly { readonly sha256: string }[]): Promise<string>
}

/**
 * The store of code in a folder: `zips/{sha256}.zip`, and what is made of them on demand and may be
 * deleted at any time the server does not run: `unpacked/{sha256}/`, `layers/{hash of their list}/`.
 *
 * Several threads and processes may open one `root`: each folder is made under another name beside its
 * place and renamed, and who comes second takes what is there. `sweep()` and `reset()` belong to one
 * of them, the owner.
 *
 * Durability: a zip that `put()` answered for outlives a power loss. Unpacked folders are not synced:
 * `sweep()` deletes those of before the machine's last start.
 */
export function createFunctionCode(options: {
  /** Made when absent, by the first `put()`. */
  readonly root: string
}): FunctionCode & UnpackedCode {
  const root = resolve(options.root)
  const places = {
    zips: join(root, 'zips'),
    unpacked: join(root, 'unpacked'),
    layers: join(root, 'layers'),
    boot: join(root, 'boot'),
  }
  const zipPath = (sha256: string) => join(places.zips, `${sha256}.zip`)
  const unpacking = new Map<string, Promise<string>>()

  const find = async (sha256: string): Promise<Buffer | undefined> => {
    if (!isSha256(sha256)) return undefined
    return absentAsUndefined(readFile(zipPath(sha256)))
  }

  /** Makes a folder once, however many ask for it at a time. */
  const folderOf = (path: string, make: (folder: string) => Promise<void>): Promise<string> => {
    const running = unpacking.get(path)
    if (running !== undefined) return running
    const making = makeOnce(path, make).finally(() => unpacking.delete(path))
    unpacking.set(path, making)
    return making
  }

  const codeDirectory = (sha256: string): Promise<string> =>
    folderOf(join(places.unpacked, isSha256(sha256) ? sha256 : 'none'), async (folder) => {
      const zip = await find(sha256)
      if (zip === undefined) throw new Error(`there is no code with the SHA-256 ${sha256}`)
      await writeTree(zip, folder)
    })

  const put = async (zip: Uint8Array): Promise<StoredCode> => {
    const unzippedBytes = await readZip(zip, onlyLooking())
    const sha256 = await sha256Of(zip)
    const path = zipPath(sha256)
    if (await exists(path)) await syncFolder(places.zips)
    else await writeDurably(path, zip)
    return { outcome: 'stored', sha256, zippedBytes: zip.length, unzippedBytes }
  }

  return {
    find,
    codeDirectory,
    put: (zip) => orWhyNot(() => put(zip)),
    optDirectory: (layers) => {
      const key = sha256Hex(Buffer.from(layers.map(({ sha256 }) => sha256).join('\n')))
      return folderOf(join(places.layers, key), async (folder) => {
        const unpacked: string[] = []
        for (const { sha256 } of layers) unpacked.push(await codeDirectory(sha256))
        await layLayers(unpacked, folder)
      })
    },
    sweep: async (isReferenced) => {
      await removeTree(places.layers)
      await forgetBeforeBoot(places)
      for (const name of await namesIn(places.unpacked)) {
        if (!isSha256(name) || !isReferenced(name)) await removeTree(join(places.unpacked, name))
      }
      return sweepZips(places.zips, isReferenced)
    },
    findFolder,
    freezeFolder: (path) =>
      orWhyNot(async () => {
        if (!(await findFolder(path))) throw new InvalidZipError('there is no such folder')
        return put(await zipFolder(path))
      }),
    reset: async () => {
      const aside = (place: string) => `${place}-${randomUUID()}`
      for (const place of [places.zips, places.unpacked, places.layers]) {
        await removeTreeAtOnce(place, aside(place))
      }
    },
  }
}

async function makeOnce(path: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (await exists(path)) return path
  const parent = join(path, '..')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const temporary = join(parent, `.${randomUUID()}`)
  try {
    await make(temporary)
    await rename(temporary, path)
  } catch (error) {
    await removeTree(temporary)
    // Another thread was faster: a folder is not renamed over one with content.
    if (!(await exists(path))) throw error
  }
  return path
}

/** Bytes that are looked at or hashed before others have their turn: a few milliseconds of work. */
const bytesAtOnce = 4_194_304

/** Takes everything and keeps nothing, with time for others between. */
function onlyLooking(): ZipReceiver {
  let bytes = 0
  return {
    async folder() {},
    async file(_path, { pieces }) {
      for await (const piece of pieces) {
        bytes += piece.length
        if (bytes < bytesAtOnce) continue
        bytes = 0
        await nextTurn()
      }
    },
    async link() {},
  }
}

/** What was stored, or why nothing was. */
async function orWhyNot(storing: () => Promise<StoredCode>): Promise<StoredCode> {
  try {
    return await storing()
  } catch (error) {
    if (error instanceof InvalidZipError) return { outcome: 'invalid', detail: error.message }
    if (error instanceof UnzippedTooLargeError) {
      return { outcome: 'unzipped-too-large', bytesMax: unzippedBytesMax }
    }
    throw error
  }
}

/** In pieces, with time for others between them. */
async function sha256Of(zip: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < zip.length; at += bytesAtOnce) {
    hash.update(zip.subarray(at, at + bytesAtOnce))
    await nextTurn()
  }
  return hash.digest('hex')
}

async function sweepZips(zips: string, isReferenced: (sha256: string) => boolean): Promise<number> {
  let swept = 0
  for (const name of await namesIn(zips)) {
    const sha256 = name.replace(/\.zip$/, '')
    if (isSha256(sha256) && isReferenced(sha256)) continue
    await rm(join(zips, name), { force: true })
    if (isSha256(sha256)) swept += 1
  }
  if (swept > 0) await syncFolder(zips)
  return swept
}

/** What is random in Linux for as long as the machine runs. */
const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** Deletes what was unpacked before the machine started: a power loss may have left files of it empty. */
async function forgetBeforeBoot(places: { boot: string; unpacked: string }): Promise<void> {
  const bootId = await absentAsUndefined(readFile(bootIdPath, 'utf8'))
  const lastBootId = await absentAsUndefined(readFile(places.boot, 'utf8'))
  if (bootId !== undefined && bootId === lastBootId) return
  await removeTree(places.unpacked)
  if (bootId !== undefined) await writeDurably(places.boot, Buffer.from(bootId))
}

async function findFolder(path: string): Promise<boolean> {
  if (!isAbsolute(path) || path.includes('\0')) return false
  try {
    await access(path, constants.R_OK | constants.X_OK)
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

async function exists(path: string): Promise<boolean> {
  return (await absentAsUndefined(stat(path))) !== undefined
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await absentAsUndefined(readdir(folder))) ?? []
}

async function absentAsUndefined<Found>(looking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await looking
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}
