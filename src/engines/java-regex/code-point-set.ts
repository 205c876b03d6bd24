/**
 * A set of code points. Those that can be written as ranges are; a set with a Unicode property in it is
 * a predicate, because writing it as ranges would take a look at every code point there is.
 */
export interface CodePointSet {
  has(codePoint: number): boolean
  /** From, to, from, to, …: ascending, apart; undefined: only `has` knows. */
  readonly ranges: readonly number[] | undefined
  /** What a look at it costs: the number of predicates behind it, at least 1. */
  readonly cost: number
}

/** The greatest code point. */
export const codePointMax = 0x10_ff_ff

/** The set of what lies in any of the ranges: from, to, from, to, …, in any order. */
export function rangeSet(...bounds: readonly number[]): CodePointSet {
  return setOfBounds(bounds)
}

function setOfBounds(bounds: readonly number[]): CodePointSet {
  const ranges = Object.freeze(merged(bounds))
  return { ranges, cost: 1, has: (codePoint) => isInRanges(ranges, codePoint) }
}

/** The set of what a predicate says. */
export function predicateSet(has: (codePoint: number) => boolean, cost = 1): CodePointSet {
  return { has, ranges: undefined, cost }
}

/** What is in any of the sets. Ranges are put together once, however many sets there are. */
export function unionOf(...sets: readonly CodePointSet[]): CodePointSet {
  const [only] = sets
  if (only !== undefined && sets.length === 1) return only
  const ranged = setOfBounds(sets.flatMap(({ ranges }) => ranges ?? []))
  const others = sets.filter(({ ranges }) => ranges === undefined)
  if (others.length === 0) return ranged
  const cost = others.reduce((sum, set) => sum + set.cost, 1)
  return predicateSet(
    (codePoint) => ranged.has(codePoint) || others.some((set) => set.has(codePoint)),
    cost,
  )
}

/** What is in both sets. */
export function intersectionOf(one: CodePointSet, other: CodePointSet): CodePointSet {
  if (one.ranges !== undefined && other.ranges !== undefined) {
    return complementOf(unionOf(complementOf(one), complementOf(other)))
  }
  const has = (codePoint: number) => one.has(codePoint) && other.has(codePoint)
  return predicateSet(has, one.cost + other.cost)
}

/** What is not in the set. */
export function complementOf(set: CodePointSet): CodePointSet {
  const { ranges } = set
  if (ranges === undefined) return predicateSet((codePoint) => !set.has(codePoint), set.cost)
  const gaps: number[] = []
  let from = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const [low = 0, high = 0] = [ranges[i], ranges[i + 1]]
    if (low > from) gaps.push(from, low - 1)
    from = high + 1
  }
  if (from <= codePointMax) gaps.push(from, codePointMax)
  return setOfBounds(gaps)
}

function merged(bounds: readonly number[]): number[] {
  const pairs: [number, number][] = []
  for (let i = 0; i < bounds.length; i += 2) pairs.push([bounds[i] ?? 0, bounds[i + 1] ?? 0])
  pairs.sort(([one], [other]) => one - other)
  const ranges: number[] = []
  for (const [low, high] of pairs) {
    const last = ranges.at(-1)
    if (last !== undefined && low <= last + 1) ranges[ranges.length - 1] = Math.max(last, high)
    else ranges.push(low, high)
  }
  return ranges
}

function isInRanges(ranges: readonly number[], codePoint: number): boolean {
  let low = 0
  let high = ranges.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (codePoint < (ranges[middle * 2] ?? 0)) high = middle - 1
    else if (codePoint > (ranges[middle * 2 + 1] ?? 0)) low = middle + 1
    else return true
  }
  return false
}
