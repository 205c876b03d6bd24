import type { SyntaxNode } from '../java-regex/syntax-tree.ts'
import type { PatternPlace } from './parse-ecma-pattern.ts'
import { blankUnits, digitUnits, otherUnits, type Units, unitSet, wordUnits } from './unit-set.ts'

interface Refuser {
  fail(message: string): never
}

const named: Readonly<Record<string, Units>> = Object.freeze({
  d: digitUnits,
  D: otherUnits(digitUnits),
  s: blankUnits,
  S: otherUnits(blankUnits),
  w: wordUnits,
  W: otherUnits(wordUnits),
})

const controls: Readonly<Record<string, number>> = Object.freeze({
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
})

/** Reads a class from behind its `[` to behind its `]`. @throws {EcmaPatternError} */
export function readUnitClass(place: PatternPlace, refuser: Refuser): Units {
  const { pattern } = place
  const isComplement = pattern[place.at] === '^'
  if (isComplement) place.at += 1
  const units: number[] = []
  while (pattern[place.at] !== ']') {
    if (place.at >= pattern.length) refuser.fail('Unterminated character class')
    const low = readMember(place, refuser)
    const isRange = pattern[place.at] === '-' && pattern[place.at + 1] !== ']'
    if (!isRange || place.at + 1 >= pattern.length || typeof low !== 'number') {
      units.push(...(typeof low === 'number' ? [low, low] : low))
      continue
    }
    place.at += 1
    const high = readMember(place, refuser)
    if (typeof high !== 'number' || high < low) refuser.fail('Range out of order')
    units.push(low, high)
  }
  place.at += 1
  return isComplement ? otherUnits(units) : units
}

/** A unit, or the set of an escape. */
function readMember(place: PatternPlace, refuser: Refuser): number | Units {
  const unit = place.pattern.charCodeAt(place.at)
  place.at += 1
  if (unit !== 0x5c) return unit
  const letter = place.pattern[place.at]
  if (letter === undefined) return refuser.fail('Trailing backslash')
  const set = Object.hasOwn(named, letter) ? named[letter] : undefined
  if (set !== undefined) {
    place.at += 1
    return set
  }
  if (letter === 'b') {
    place.at += 1
    return 0x08
  }
  return readUnit(place)
}

/** Reads an escape outside of classes from behind its backslash on. @throws {EcmaPatternError} */
export function readUnitEscape(place: PatternPlace, refuser: Refuser): SyntaxNode {
  const letter = place.pattern[place.at]
  if (letter === undefined) return refuser.fail('Trailing backslash')
  const set = Object.hasOwn(named, letter) ? named[letter] : undefined
  if (set !== undefined) {
    place.at += 1
    return { kind: 'set', set: unitSet(set) }
  }
  number.lastIndex = place.at
  const group = Number(number.exec(place.pattern)?.[0] ?? 0)
  if (group > 0 && group <= place.groupCount) {
    place.at = number.lastIndex
    return { kind: 'reference', group, folding: 'none', isEmptyWhenUnset: true }
  }
  const unit = readUnit(place)
  return { kind: 'set', set: unitSet([unit, unit]) }
}

const number = /[1-9]\d*/y
const numbered = /x([\da-f]{2})|u([\da-f]{4})|c([a-z])|([0-3][0-7]{0,2}|[4-7][0-7]?)/iy

/** The unit that an escape stands for; one that means nothing stands for itself. */
function readUnit(place: PatternPlace): number {
  const { pattern } = place
  numbered.lastIndex = place.at
  const [whole, byte, unit, control, octal] = numbered.exec(pattern) ?? []
  if (whole !== undefined) {
    place.at += whole.length
    if (control !== undefined) return control.charCodeAt(0) % 32
    if (octal !== undefined) return Number.parseInt(octal, 8)
    return Number.parseInt(byte ?? unit ?? '', 16)
  }
  const letter = pattern[place.at] ?? ''
  // `\c` without a letter is a backslash, and the c stays.
  if (letter === 'c') return 0x5c
  place.at += 1
  return controls[letter] ?? letter.charCodeAt(0)
}
