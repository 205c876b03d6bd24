/** A body is not what its content coding says: it cannot be decoded. */
export class ContentCodingError extends Error {
  override readonly name = 'ContentCodingError'
}
