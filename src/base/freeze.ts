/**
 * Freezes a value and everything inside it, and returns it.
 *
 * Values that cross from one folder to another are frozen, so that sharing them between requests is safe.
 * Byte arrays are left alone (they cannot be frozen).
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}
