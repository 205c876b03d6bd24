/** Chance, so that a test can own it. */
export interface Random {
  /** A random UUID (version 4), lower case. */
  uuid(): string
  /** `length` characters of `[a-z0-9]`, each equally likely: the form of AWS's identifiers. */
  identifier(length: number): string
  /** At least 0, below 1. */
  fraction(): number
}
