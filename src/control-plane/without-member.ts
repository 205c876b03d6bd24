/** A map without one of its members. */
export function withoutMember<Value>(
  map: Readonly<Record<string, Value>>,
  member: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== member))
}
