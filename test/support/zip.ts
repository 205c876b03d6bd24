import { crc32, deflateRawSync } from 'node:zlib'

/** What a zip may hold under a name. Text is written in UTF-8. */
export type ZipContent = string | Uint8Array | Omit<ZipEntry, 'name'>

/** An entry, and the lies that it tells about itself. */
export interface ZipEntry {
  readonly name: string | Uint8Array
  readonly content: string | Uint8Array
  /** Unix mode with the type of the file, `0o100755` say. Absent: a plain file, `0o100644`. */
  readonly mode?: number
  /** Absent: as the zip's `compression`. */
  readonly compression?: 'deflate' | 'store'
  /** Sizes and checksum follow the content, and are zero in front of it. */
  readonly dataDescriptor?: boolean
  /** Sizes and place are in a zip64 extra field. */
  readonly zip64?: boolean
  /** Bits that are set besides. 1: encrypted. */
  readonly flags?: number
  readonly method?: number
  readonly unzippedBytes?: number
  readonly zippedBytes?: number
  readonly crc?: number
  /** Where the entry says that its local header is. */
  readonly offset?: number
  /** The name in the local header. Absent: the same. */
  readonly localName?: string
  /** Instead of the content deflated or as it is. */
  readonly stored?: Uint8Array
  /** Absent: made on Unix (3). */
  readonly madeOn?: number
}

export interface ZipOptions {
  readonly compression?: 'deflate' | 'store'
  /** Ends with zip64's records. */
  readonly zip64?: boolean
  readonly comment?: string
  /** The number of entries that the zip says it has. */
  readonly entriesCount?: number
}

/**
 * A zip of the files: `zipOf({ 'index.js': 'exports.handler = …', bootstrap: { content, mode: 0o100755 } })`.
 * The same files make the same bytes.
 */
export function zipOf(
  files: Readonly<Record<string, ZipContent>>,
  options: ZipOptions = {},
): Uint8Array {
  return zipOfEntries(
    Object.entries(files).map(([name, content]) =>
      typeof content === 'string' || content instanceof Uint8Array
        ? { name, content }
        : { name, ...content },
    ),
    options,
  )
}

/** A zip of the entries in their order, names given twice included. */
export function zipOfEntries(entries: readonly ZipEntry[], options: ZipOptions = {}): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const entry of entries) {
    const written = writeEntry(entry, options, offset)
    parts.push(...written.local)
    directory.push(written.central)
    offset += bytesOf(written.local)
  }
  const end = writeEnd(options, entries.length, offset, bytesOf(directory))
  return Uint8Array.from(Buffer.concat([...parts, ...directory, ...end]))
}

const maxOf16 = 0xffff
const maxOf32 = 0xffff_ffff
/** 1980-01-01. */
const dosDate = 0x21
const utf8Flag = 0x800
const descriptorFlag = 0x8

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function fields(...pairs: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const written = Buffer.alloc(pairs.reduce((sum, [bytes]) => sum + bytes, 0))
  let at = 0
  for (const [bytes, value] of pairs) {
    if (bytes === 8) written.writeBigUInt64LE(BigInt(value), at)
    else written.writeUIntLE(value, at, bytes)
    at += bytes
  }
  return written
}

function writeEntry(
  entry: ZipEntry,
  options: ZipOptions,
  at: number,
): { local: Uint8Array[]; central: Uint8Array } {
  const content = Buffer.from(entry.content)
  const compression = entry.compression ?? options.compression ?? 'deflate'
  const stored = entry.stored ?? (compression === 'store' ? content : deflateRawSync(content))
  const method = entry.method ?? (compression === 'store' ? 0 : 8)
  const unzippedBytes = entry.unzippedBytes ?? content.length
  const zippedBytes = entry.zippedBytes ?? stored.length
  const crc = entry.crc ?? crc32(content)
  const offset = entry.offset ?? at
  const isDescribed = entry.dataDescriptor === true
  const flags = utf8Flag | (isDescribed ? descriptorFlag : 0) | (entry.flags ?? 0)
  const name = Buffer.from(entry.name)
  const localName = entry.localName === undefined ? name : Buffer.from(entry.localName)
  const isZip64 = entry.zip64 === true
  const extra = isZip64
    ? fields([2, 1], [2, 24], [8, unzippedBytes], [8, zippedBytes], [8, offset])
    : Buffer.alloc(0)
  const sized = (value: number) => (isZip64 ? maxOf32 : value)
  const start = [
    [2, isZip64 ? 45 : 20],
    [2, flags],
    [2, method],
    [2, 0],
    [2, dosDate],
  ] as const
  const local = fields(
    [4, 0x0403_4b50],
    ...start,
    [4, isDescribed ? 0 : crc],
    [4, isDescribed ? 0 : sized(zippedBytes)],
    [4, isDescribed ? 0 : sized(unzippedBytes)],
    [2, localName.length],
    [2, 0],
  )
  const descriptor = isDescribed
    ? [fields([4, 0x0807_4b50], [4, crc], [4, zippedBytes], [4, unzippedBytes])]
    : []
  const central = fields(
    [4, 0x0201_4b50],
    [2, ((entry.madeOn ?? 3) << 8) | 30],
    ...start,
    [4, crc],
    [4, sized(zippedBytes)],
    [4, sized(unzippedBytes)],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, ((entry.mode ?? 0o100644) * 0x1_0000) % 2 ** 32],
    [4, sized(offset)],
  )
  return {
    local: [local, localName, stored, ...descriptor],
    central: Buffer.concat([central, name, extra]),
  }
}

function writeEnd(
  options: ZipOptions,
  written: number,
  offset: number,
  directoryBytes: number,
): Uint8Array[] {
  const count = options.entriesCount ?? written
  const comment = Buffer.from(options.comment ?? '')
  const isZip64 = options.zip64 === true || count >= maxOf16
  const zip64 = isZip64
    ? [
        fields([4, 0x0606_4b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0]),
        fields([8, count], [8, count], [8, directoryBytes], [8, offset]),
        fields([4, 0x0706_4b50], [4, 0], [8, offset + directoryBytes], [4, 1]),
      ]
    : []
  const counted = isZip64 ? maxOf16 : count
  const end = fields(
    [4, 0x0605_4b50],
    [2, 0],
    [2, 0],
    [2, counted],
    [2, counted],
    [4, isZip64 ? maxOf32 : directoryBytes],
    [4, isZip64 ? maxOf32 : offset],
    [2, comment.length],
  )
  return [...zip64, end, comment]
}
