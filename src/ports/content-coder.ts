import type { Body } from '../base/body.ts'

/**
 * The content codings of a message that API Gateway knows besides `identity`. `deflate` is RFC 1950's format
 * (zlib), as HTTP has it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-enable-compression.html
 */
export type ContentCoding = 'gzip' | 'deflate'

/**
 * Compresses and decompresses bodies on their way.
 *
 * A body that is given away belongs to the coder. What it gives back is consumed once, like any body; its
 * pieces come as fast as they are taken, and little is held in between. Discarding it, or leaving its
 * stream, discards the source. What breaks the source off breaks it off in the same way.
 */
export interface ContentCoder {
  /** The body compressed. A small one in memory stays in memory, and its length is known. */
  encode(body: Body, coding: ContentCoding): Body
  /**
   * The body decompressed; its length is never known. Reading it ends with `BodyTooLargeError` as soon as it
   * proves longer than `bytesMax`, and with `ContentCodingError` where it is not in that coding or is cut
   * short.
   */
  decode(body: Body, coding: ContentCoding, bytesMax: number): Body
}
