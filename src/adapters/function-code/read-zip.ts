import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { forEachAtATime } from './each-at-a-time.ts'
import { checkLinkTarget } from './entry-path.ts'
import { InvalidZipError, showName } from './invalid-zip.ts'
import { pathBytesMax } from './zip-bounds.ts'
import { type PlannedEntry, planZip } from './zip-plan.ts'

/** Takes what is in a zip, in this order: folders, files, symbolic links. Paths have `/`. */
export interface ZipReceiver {
  folder(path: string): Promise<void>
  /**
   * Reads all of `pieces`; that they are whole and right is only known at their end. Called while
   * earlier files are still being received.
   */
  file(path: string, file: ReceivedFile): Promise<void>
  link(path: string, target: string): Promise<void>
}

export interface ReceivedFile {
  readonly isExecutable: boolean
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Up to here content is inflated at once, which takes less than a millisecond. Chosen. */
const inflatedAtOnceBytesMax = 262_144
const pieceBytes = 262_144
/** Files that are received at a time: as many as there are threads to write, twice over. Chosen. */
const receivedAtATimeMax = 8

/**
 * Hands everything in the zip over, checked, and answers how many bytes that were.
 *
 * What comes out of an entry is counted while it is inflated and never more than the entry says, and all
 * entries together say no more than `unzippedBytesMax`: so that is the most that is ever inflated.
 *
 * @throws {InvalidZipError} {UnzippedTooLargeError}, also after some of it was handed over.
 */
export async function readZip(zip: Uint8Array, receiver: ZipReceiver): Promise<number> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
  const plan = await planZip(bytes)
  for (const path of plan.folders) await receiver.folder(path)
  await forEachAtATime(plan.files, receivedAtATimeMax, (entry) => {
    const { path, isExecutable } = entry
    return receiver.file(path, { isExecutable, pieces: piecesOf(bytes, entry) })
  })
  for (const entry of plan.links) await receiver.link(entry.path, targetOf(bytes, entry))
  return [...plan.files, ...plan.links].reduce((sum, entry) => sum + entry.unzippedBytes, 0)
}

function piecesOf(zip: Buffer, entry: PlannedEntry): ReceivedFile['pieces'] {
  const isSmall = Math.max(entry.zippedBytes, entry.unzippedBytes) <= inflatedAtOnceBytesMax
  return isSmall ? [contentOf(zip, entry)] : largePieces(zip, entry)
}

function zippedContent(zip: Buffer, { contentAt, zippedBytes }: PlannedEntry): Buffer {
  return zip.subarray(contentAt, contentAt + zippedBytes)
}

function targetOf(zip: Buffer, entry: PlannedEntry): string {
  if (entry.unzippedBytes > pathBytesMax || entry.zippedBytes > inflatedAtOnceBytesMax) {
    throw new InvalidZipError(`the symbolic link ${showName(entry.path)} is too long`)
  }
  const target = contentOf(zip, entry).toString()
  checkLinkTarget(entry.path.split('/'), target)
  return target
}

function contentOf(zip: Buffer, entry: PlannedEntry): Buffer {
  const zipped = zippedContent(zip, entry)
  const content = entry.isDeflated ? inflateAtOnce(zipped, entry) : zipped
  checkEnd(entry, content.length, crc32(content))
  return content
}

function inflateAtOnce(zipped: Buffer, entry: PlannedEntry): Buffer {
  try {
    // One byte more than there should be is enough to see that there is more.
    return inflateRawSync(zipped, { maxOutputLength: entry.unzippedBytes + 1 })
  } catch (error) {
    throw broken(entry, error)
  }
}

async function* largePieces(zip: Buffer, entry: PlannedEntry): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let crc = 0
  for await (const piece of rawPieces(zippedContent(zip, entry), entry)) {
    bytes += piece.length
    if (bytes > entry.unzippedBytes) throw wrongSize(entry)
    crc = crc32(piece, crc)
    yield piece
  }
  checkEnd(entry, bytes, crc)
}

async function* rawPieces(zipped: Buffer, entry: PlannedEntry): AsyncGenerator<Buffer> {
  if (!entry.isDeflated) {
    for (let at = 0; at < zipped.length; at += pieceBytes) {
      yield zipped.subarray(at, at + pieceBytes)
    }
    return
  }
  const inflate = createInflateRaw({ chunkSize: pieceBytes })
  inflate.end(zipped)
  try {
    yield* inflate
  } catch (error) {
    throw broken(entry, error)
  }
}

function checkEnd(entry: PlannedEntry, bytes: number, crc: number): void {
  if (bytes !== entry.unzippedBytes) throw wrongSize(entry)
  if (crc !== entry.crc) {
    throw new InvalidZipError(`the entry ${showName(entry.path)} does not have its checksum`)
  }
}

function wrongSize(entry: PlannedEntry): InvalidZipError {
  return new InvalidZipError(
    `the entry ${showName(entry.path)} does not have the size that it says`,
  )
}

/** What zlib throws over content: that it is none, that it ends early, or that there is more of it. */
function broken(entry: PlannedEntry, error: unknown): unknown {
  const code = error instanceof Error && 'errno' in error ? error.errno : undefined
  const isOfContent =
    code === constants.Z_DATA_ERROR ||
    code === constants.Z_BUF_ERROR ||
    code === constants.Z_NEED_DICT
  if (isOfContent) {
    return new InvalidZipError(`the entry ${showName(entry.path)} is not what deflate makes`)
  }
  const isLonger =
    error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  return isLonger ? wrongSize(entry) : error
}
