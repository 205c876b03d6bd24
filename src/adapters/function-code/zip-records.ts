import type { FolderEntry } from './list-folder.ts'

/**
 * The records of a zip that is written: entries as they are, none of them compressed, in fewer than 4 GB
 * and 65,535 entries.
 *
 * Documented: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

/** Bytes of a central header without its name. */
export const centralHeaderBytes = 46
/** Bytes of the end of a zip. */
export const endBytes = 22

/** What the records say of an entry. */
export interface WrittenEntry {
  readonly entry: FolderEntry
  readonly name: Buffer
  readonly crc: number
  /** Where its local header begins. */
  readonly offset: number
}

/** Of 1980-01-01 00:00, the first time that a zip can tell. */
const dosDate = 0x21
const versionNeeded = 20
/** Unix, whose modes are kept. */
const madeBy = (3 << 8) | versionNeeded
/** Names are in UTF-8. */
const flags = 0x800
const storedMethod = 0

const modes = { file: 0o100644, executable: 0o100755, link: 0o120777, 'empty-folder': 0o040755 }

/** What stands before the content. */
export function localHeader(written: WrittenEntry): Buffer {
  const { name } = written
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x0403_4b50, 0)
  writeCommon(header, 4, written)
  return Buffer.concat([header, name])
}

/** What stands in the directory. */
export function centralHeader(written: WrittenEntry): Buffer {
  const { entry, name, offset } = written
  const header = Buffer.alloc(centralHeaderBytes)
  header.writeUInt32LE(0x0201_4b50, 0)
  header.writeUInt16LE(madeBy, 4)
  writeCommon(header, 6, written)
  const mode = modes[entry.kind === 'file' && entry.isExecutable ? 'executable' : entry.kind]
  header.writeUInt16LE(mode, 40)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, name])
}

/** From the version that reads it to the length of the name, as both headers have it. */
function writeCommon(header: Buffer, at: number, { entry, name, crc }: WrittenEntry): void {
  header.writeUInt16LE(versionNeeded, at)
  header.writeUInt16LE(flags, at + 2)
  header.writeUInt16LE(storedMethod, at + 4)
  header.writeUInt16LE(0, at + 6)
  header.writeUInt16LE(dosDate, at + 8)
  header.writeUInt32LE(crc, at + 10)
  header.writeUInt32LE(entry.bytes, at + 14)
  header.writeUInt32LE(entry.bytes, at + 18)
  header.writeUInt16LE(name.length, at + 22)
}

/** What a zip ends with. */
export function endRecord(directory: {
  readonly entries: number
  readonly directoryAt: number
  readonly directoryBytes: number
}): Buffer {
  const end = Buffer.alloc(endBytes)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(directory.entries, 8)
  end.writeUInt16LE(directory.entries, 10)
  end.writeUInt32LE(directory.directoryBytes, 12)
  end.writeUInt32LE(directory.directoryAt, 16)
  return end
}
