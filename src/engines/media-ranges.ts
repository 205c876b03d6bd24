/** A list of media types in which the right side may be `*`. */
export interface MediaRanges {
  /** `mediaType`: lower case, without parameters; empty when there is none. */
  match(mediaType: string): boolean
}

/**
 * The `binaryMediaTypes` of an API. `image/png` stands for itself, `image/*` for all of its kind (itself
 * included, when a client accepts it so), and the range of all types for everything, nothing at all too. A
 * star on the left alone stands for nothing.
 *
 * Observed: cases/rest/aws-proxy-binary
 */
export function compileMediaRanges(ranges: readonly string[]): MediaRanges {
  const exact = new Set<string>()
  const kinds: string[] = []
  let takesAll = false
  for (const range of ranges.map((text) => text.trim().toLowerCase())) {
    if (range === '*/*') takesAll = true
    else if (range.endsWith('/*')) kinds.push(range.slice(0, -1))
    else if (!range.startsWith('*/')) exact.add(range)
  }
  return Object.freeze({
    match: (mediaType: string) =>
      takesAll || exact.has(mediaType) || kinds.some((kind) => mediaType.startsWith(kind)),
  })
}
