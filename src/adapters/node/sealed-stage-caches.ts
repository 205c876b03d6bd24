import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type {
  CacheEntry,
  CacheReading,
  StageCachePlace,
  StageCaches,
} from '../../ports/stage-caches.ts'

/** How long the key is, in bytes: of AES-256. */
export const sealKeyBytes = 32

const ivBytes = 12
const tagBytes = 16
/** The first byte of what is kept. */
const plain = 0
const sealed = 1

/** How entries are sealed. */
export interface Sealing {
  /** Undefined: entries that have to be encrypted are not kept. */
  readonly key: Uint8Array | undefined
  /** Told of each entry that was not kept for want of a key. */
  readonly onKeyless: (place: StageCachePlace) => void
}

/**
 * The same caches, the entries that have to be encrypted by AES-256-GCM: each with a nonce of its own, and bound
 * to its stage and its key, so that one is never taken for another. What does not open is a miss.
 *
 * Cost: nothing but a copy for entries that are not encrypted.
 */
export function sealStageCaches(caches: StageCaches, { key, onKeyless }: Sealing): StageCaches {
  let keylessCount = 0
  let brokenCount = 0
  const plainContents = new WeakMap<Uint8Array, Uint8Array>()

  /** What is not encrypted is as lasting as what it was read from. What is, is opened for one request alone. */
  function openLasting(bytes: Uint8Array): Uint8Array | undefined {
    const known = plainContents.get(bytes)
    if (known !== undefined) return known
    const content = openPlain(bytes)
    if (content !== undefined) plainContents.set(bytes, content)
    return content
  }

  function open(place: StageCachePlace, name: string, reading: CacheReading): CacheReading {
    if (reading.outcome !== 'hit') return reading
    const { bytes, generation, isLasting, order } = reading
    if (isLasting === true && bytes[0] === plain) {
      const lasting = openLasting(bytes)
      if (lasting !== undefined)
        return { outcome: 'hit', bytes: lasting, generation, isLasting, order }
    }
    const content =
      key === undefined || bytes[0] === plain
        ? openPlain(bytes)
        : openSealed(bytes, key, bindingOf(place, name))
    if (content !== undefined) return { outcome: 'hit', bytes: content, generation, order }
    brokenCount += 1
    return { outcome: 'miss', generation, order }
  }

  return {
    read(place, name) {
      const reading = caches.read(place, name)
      return reading instanceof Promise
        ? reading.then((read) => open(place, name, read))
        : open(place, name, reading)
    },
    write(place, name, entry) {
      if (!entry.isEncrypted)
        return caches.write(place, name, withBytes(entry, marked(entry.bytes)))
      if (key !== undefined) {
        const bytes = seal(entry.bytes, key, bindingOf(place, name))
        return caches.write(place, name, withBytes(entry, bytes))
      }
      keylessCount += 1
      onKeyless(place)
    },
    figures() {
      const { unavailableCount, droppedCount } = caches.figures()
      return {
        unavailableCount: unavailableCount + brokenCount,
        droppedCount: droppedCount + keylessCount,
      }
    },
  }
}

function withBytes(entry: CacheEntry, bytes: Uint8Array): CacheEntry {
  return { ...entry, bytes }
}

function marked(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(1 + bytes.length)
  kept[0] = plain
  kept.set(bytes, 1)
  return kept
}

function bindingOf(
  { account, region, restApiId, stageName }: StageCachePlace,
  name: string,
): Buffer {
  return Buffer.from(`${account}/${region}/${restApiId}/${stageName}/${name}`)
}

function seal(bytes: Uint8Array, key: Uint8Array, binding: Buffer): Uint8Array {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  cipher.setAAD(binding)
  const content = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([Uint8Array.of(sealed), iv, cipher.getAuthTag(), content])
}

function openPlain(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === plain ? bytes.subarray(1) : undefined
}

function openSealed(bytes: Uint8Array, key: Uint8Array, binding: Buffer): Uint8Array | undefined {
  if (bytes.length < 1 + ivBytes + tagBytes) return undefined
  const iv = bytes.subarray(1, 1 + ivBytes)
  const tag = bytes.subarray(1 + ivBytes, 1 + ivBytes + tagBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  decipher.setAAD(binding)
  decipher.setAuthTag(tag)
  try {
    const content = bytes.subarray(1 + ivBytes + tagBytes)
    return Buffer.concat([decipher.update(content), decipher.final()])
  } catch {
    return undefined
  }
}
