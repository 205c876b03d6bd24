/** A text that is no JSON. `position` is the index of the character where reading stopped. */
export class JsonDocumentError extends Error {
  override readonly name = 'JsonDocumentError'
  readonly position: number

  constructor(message: string, position: number) {
    super(`${message} at ${position}`)
    this.position = position
  }
}
