/**
 * Texts in the order in which Java's `HashMap` gives them when they are put in as listed: AWS's validator
 * keeps some of a schema's names so, and its messages show it.
 *
 * Observed: cases/json-schema/dependencies
 */
export function hashOrder(texts: readonly string[]): string[] {
  let buckets = 16
  while (texts.length > buckets * 0.75) buckets *= 2
  const placed = texts.map((text) => {
    const hash = hashCode(text)
    return { text, bucket: (hash ^ (hash >>> 16)) & (buckets - 1) }
  })
  return placed.toSorted((one, other) => one.bucket - other.bucket).map(({ text }) => text)
}

/** `String.hashCode()`. */
function hashCode(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}
