import { type CodePointSet, rangeSet } from '../java-regex/code-point-set.ts'

/**
 * ECMAScript's patterns see UTF-16 units, and the matchers characters. A unit that is half of a character
 * is moved to a place of its own, in patterns and in texts: U+D800 to U+DFFF to U+F0000 to U+F07FF, where
 * no character of a text can be, since every one above U+FFFF is two such units.
 */
const unitMax = 0xff_ff
const surrogateMin = 0xd8_00
const surrogateMax = 0xdf_ff
const moved = 0xf_00_00 - surrogateMin

/** Ranges of units: from, to, from, to, …, in any order. */
export type Units = readonly number[]

/** The set of units, as the matchers see them. */
export function unitSet(units: Units): CodePointSet {
  const bounds: number[] = []
  for (let i = 0; i < units.length; i += 2) {
    const [low = 0, high = 0] = [units[i], units[i + 1]]
    if (low < surrogateMin) bounds.push(low, Math.min(high, surrogateMin - 1))
    if (high > surrogateMax) bounds.push(Math.max(low, surrogateMax + 1), high)
    const from = Math.max(low, surrogateMin)
    const to = Math.min(high, surrogateMax)
    if (from <= to) bounds.push(from + moved, to + moved)
  }
  return rangeSet(...bounds)
}

/** All units that are not among these. */
export function otherUnits(units: Units): Units {
  const pairs: [number, number][] = []
  for (let i = 0; i < units.length; i += 2) pairs.push([units[i] ?? 0, units[i + 1] ?? 0])
  pairs.sort(([one], [other]) => one - other)
  const gaps: number[] = []
  let from = 0
  for (const [low, high] of pairs) {
    if (low > from) gaps.push(from, low - 1)
    from = Math.max(from, high + 1)
  }
  if (from <= unitMax) gaps.push(from, unitMax)
  return gaps
}

/** The text with the halves of its characters moved; most texts have none and stay what they are. */
export function unitText(text: string): string {
  return text.replaceAll(/[\ud800-\udfff]/g, (unit) =>
    String.fromCodePoint(unit.charCodeAt(0) + moved),
  )
}

/** `\d`. */
export const digitUnits: Units = Object.freeze([0x30, 0x39])
/** `\w`: of ASCII alone. */
export const wordUnits: Units = Object.freeze([0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a])
/** `\s`: blanks and ends of lines, those of Unicode too. */
export const blankUnits: Units = Object.freeze([
  ...[0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x16_80, 0x16_80, 0x20_00, 0x20_0a],
  ...[0x20_28, 0x20_29, 0x20_2f, 0x20_2f, 0x20_5f, 0x20_5f, 0x30_00, 0x30_00, 0xfe_ff, 0xfe_ff],
])
/** What `.` does not match. */
export const lineEndUnits: Units = Object.freeze([0x0a, 0x0a, 0x0d, 0x0d, 0x20_28, 0x20_29])
/** All there are. */
export const anyUnits: Units = Object.freeze([0, unitMax])
