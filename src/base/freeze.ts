/**
 * Freezes a value and everything inside it, and returns it.
 *
 * Values that cross from one folder to another are frozen, so that sharing them between requests is safe.
 * Byte arrays are left alone (they cannot be frozen).
 */
export function deepFreeze<T>(value: T): T {
  // Not recursive: what a client sent may be nested deeper than the stack is.
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    if (ArrayBuffer.isView(next) || Object.isFrozen(next)) continue
    Object.freeze(next)
    for (const member of Object.values(next)) {
      if (typeof member === 'object') waiting.push(member)
    }
  }
  return value
}
