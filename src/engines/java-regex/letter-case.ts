import { type CodePointSet, predicateSet, rangeSet, unionOf } from './code-point-set.ts'
import type { CaseFolding } from './syntax-tree.ts'

/** The form of a letter under which all its cases are equal, as Java folds: one character for one. */
export function foldCase(codePoint: number, folding: CaseFolding): number {
  if (folding === 'none') return codePoint
  if (codePoint < 0x80 || folding === 'ascii') {
    return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint
  }
  return lowerCase(upperCase(codePoint))
}

/** One character, in each of its cases where case does not count. */
export function characterSet(codePoint: number, folding: CaseFolding): CodePointSet {
  return characterRange(codePoint, codePoint, folding)
}

/** The characters from `low` to `high`, and those that differ from one of them in case alone. */
export function characterRange(low: number, high: number, folding: CaseFolding): CodePointSet {
  const plain = rangeSet(low, high)
  if (folding === 'none') return plain
  if (folding === 'ascii') return withOtherAsciiCase(plain, low, high)
  if (low === high && upperCase(low) === foldCase(low, folding)) return plain
  return predicateSet((codePoint) => {
    if (low === high) return foldCase(codePoint, folding) === foldCase(low, folding)
    const upper = upperCase(codePoint)
    const lower = lowerCase(upper)
    return plain.has(codePoint) || plain.has(upper) || plain.has(lower)
  }, 2)
}

function withOtherAsciiCase(plain: CodePointSet, low: number, high: number): CodePointSet {
  const cases = [
    [0x41, 0x5a, 0x20],
    [0x61, 0x7a, -0x20],
  ] as const
  return cases.reduce<CodePointSet>((set, [first, last, distance]) => {
    const [from, to] = [Math.max(low, first), Math.min(high, last)]
    return from > to ? set : unionOf(set, rangeSet(from + distance, to + distance))
  }, plain)
}

function upperCase(codePoint: number): number {
  return single(String.fromCodePoint(codePoint).toUpperCase(), codePoint)
}

function lowerCase(codePoint: number): number {
  return single(String.fromCodePoint(codePoint).toLowerCase(), codePoint)
}

/** A text of one character; `otherwise` when the case of a letter takes several. */
function single(text: string, otherwise: number): number {
  const codePoint = text.codePointAt(0) ?? otherwise
  return text.length === (codePoint > 0xff_ff ? 2 : 1) ? codePoint : otherwise
}
