const surrogate = /[\ud800-\udfff]/
/** First byte of the three that a surrogate becomes (and of some other characters). */
const surrogateLead = 0xed

/**
 * A key's text as bytes that compare as the text does by code units, because SQLite compares blobs
 * byte by byte and UTF-8 orders characters above U+FFFF differently than JavaScript does.
 *
 * Each UTF-16 code unit is written as UTF-8 would write it, surrogates too (this is CESU-8). So a key
 * without such characters is its UTF-8, and lone surrogates survive.
 */
export function encodeKeyBytes(text: string): Uint8Array {
  if (!surrogate.test(text)) return Buffer.from(text, 'utf8')
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes.push(unit)
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
  }
  return Uint8Array.from(bytes)
}

/** The text of bytes that `encodeKeyBytes` made. */
export function decodeKeyBytes(bytes: Uint8Array): string {
  if (!bytes.includes(surrogateLead)) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i] ?? 0
    const second = (bytes[i + 1] ?? 0) & 0x3f
    const third = (bytes[i + 2] ?? 0) & 0x3f
    if (first < 0x80) {
      text += String.fromCharCode(first)
      i += 1
    } else if (first < 0xe0) {
      text += String.fromCharCode(((first & 0x1f) << 6) | second)
      i += 2
    } else {
      text += String.fromCharCode(((first & 0x0f) << 12) | (second << 6) | third)
      i += 3
    }
  }
  return text
}
