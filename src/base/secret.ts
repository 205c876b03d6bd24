/**
 * A value that must not be printed. Its text, JSON and inspected forms are all `[redacted]`, so no log
 * line or golden file can leak it; `reveal()` is the one way to the value and easy to search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]'
  }
}
