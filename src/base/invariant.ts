/**
 * Our own bug: a state that the code says cannot be. Never the caller's fault, so it ends as a 500 and
 * a stack in the operator's log, and fails a test.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Asserts what must hold whatever the caller sent.
 *
 * @throws {InvariantError} when it does not.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** Marks the branch that the types say is never reached; a new union member stops compiling here. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`)
}
