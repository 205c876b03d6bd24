import { createHash } from 'node:crypto'

/** The SHA-256 of the bytes, as lower-case hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The SHA-256 of the text in UTF-8, in base64. */
export function sha256Base64(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
