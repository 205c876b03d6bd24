import { concatBytes } from '../../base/body.ts'

/** What a stream begins with, and the content behind it that has come with it. */
export type TakenStreamHead =
  | { readonly outcome: 'head'; readonly text: string; readonly rest: Uint8Array }
  /** It ended, or went on for too long, without the end of a head. */
  | { readonly outcome: 'missing' }

/**
 * Bytes at the beginning of what a function streams, within which its metadata and their delimiter are.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export const streamHeadBytesMax = 16_384

/** Bytes, all of them zero, that end the head. */
const delimiterBytes = 8

/**
 * Takes the head off a stream: what is in front of eight NUL bytes. Reads no further than the piece in which
 * the head ends. Rejects with what reading rejects with.
 */
export async function takeStreamHead(pieces: AsyncIterator<Uint8Array>): Promise<TakenStreamHead> {
  let bytes: Uint8Array = new Uint8Array(0)
  for (let searched = 0; ;) {
    const { done, value } = await pieces.next()
    if (done === true) return missing
    bytes = concatBytes([bytes, value])
    const at = findDelimiter(bytes, searched)
    if (at >= 0 && at + delimiterBytes <= streamHeadBytesMax) {
      const text = new TextDecoder().decode(bytes.subarray(0, at))
      return { outcome: 'head', text, rest: bytes.subarray(at + delimiterBytes) }
    }
    if (at >= 0 || bytes.length >= streamHeadBytesMax) return missing
    // The end of what is there may be the beginning of the delimiter.
    searched = Math.max(0, bytes.length - delimiterBytes + 1)
  }
}

const missing = Object.freeze({ outcome: 'missing' } as const)

function findDelimiter(bytes: Uint8Array, from: number): number {
  for (let zeros = 0, at = from; at < bytes.length; at += 1) {
    zeros = bytes[at] === 0 ? zeros + 1 : 0
    if (zeros === delimiterBytes) return at + 1 - delimiterBytes
  }
  return -1
}
