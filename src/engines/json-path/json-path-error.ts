/** A path that cannot be compiled. `position` is the index of the character where reading stopped. */
export class JsonPathSyntaxError extends Error {
  override readonly name = 'JsonPathSyntaxError'
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}
