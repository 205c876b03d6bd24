import { type CodePointSet, complementOf } from './code-point-set.ts'
import { predefinedSets, propertySet } from './named-sets.ts'
import type { PatternScanner } from './pattern-scanner.ts'

/** What an escape stands for: one character, or a set of them. Letters with another meaning are not here. */
export type Escape =
  | { readonly kind: 'character'; readonly codePoint: number }
  | { readonly kind: 'set'; readonly set: CodePointSet }

const controls: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
}

/**
 * Reads what stands behind a backslash, in a class and outside.
 *
 * @throws {JavaRegexError} for a letter that means nothing (here), and for one that is not built.
 */
export function readEscape(scanner: PatternScanner, ignoreCase: boolean): Escape {
  const letter = scanner.ahead(0)
  if (letter === 'p' || letter === 'P') return readProperty(scanner, ignoreCase)
  const lower = letter.toLowerCase()
  if ('dhsvw'.includes(letter) && letter !== '') return takeSet(scanner, lower, false)
  if ('DHSVW'.includes(letter) && letter !== '') return takeSet(scanner, lower, true)
  return { kind: 'character', codePoint: readCharacter(scanner, letter) }
}

function takeSet(scanner: PatternScanner, letter: string, isComplement: boolean): Escape {
  scanner.take()
  const set = predefinedSets[letter] ?? scanner.fail('Illegal/unsupported escape sequence')
  return { kind: 'set', set: isComplement ? complementOf(set) : set }
}

function readCharacter(scanner: PatternScanner, letter: string): number {
  const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined
  if (letter === 'N') scanner.fail('characters by name (\\N{…}) are not built')
  if (control === undefined && /^[a-zA-Z1-9]$/.test(letter) && !'cux'.includes(letter)) {
    scanner.fail('Illegal/unsupported escape sequence')
  }
  const character = scanner.take() ?? scanner.fail('Unescaped trailing backslash')
  if (control !== undefined) return control
  switch (letter) {
    case '0':
      return readOctal(scanner)
    case 'c':
      return (scanner.take() ?? scanner.fail('Illegal control escape sequence')).codePoint ^ 64
    case 'u':
      return readUnicode(scanner)
    case 'x':
      return readHexadecimal(scanner)
    default:
      return character.codePoint
  }
}

function readOctal(scanner: PatternScanner): number {
  const first = scanner.ahead(0)
  if (!/^[0-7]$/.test(first)) scanner.fail('Illegal octal escape sequence')
  const digitsMax = first <= '3' ? 3 : 2
  let digits = ''
  while (digits.length < digitsMax && /^[0-7]$/.test(scanner.ahead(0))) {
    digits += scanner.ahead(0)
    scanner.take()
  }
  return Number.parseInt(digits, 8)
}

function readUnicode(scanner: PatternScanner): number {
  const unit = readDigits(scanner, 4, 'Illegal Unicode escape sequence')
  const isPair =
    unit >= 0xd8_00 && unit < 0xdc_00 && scanner.ahead(0) === '\\' && scanner.ahead(1) === 'u'
  if (!isPair) return unit
  const digits = [2, 3, 4, 5].map((count) => scanner.ahead(count)).join('')
  const low = /^[\da-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 0
  if (low < 0xdc_00 || low > 0xdf_ff) return unit
  for (let count = 0; count < 6; count++) scanner.take()
  return 0x1_00_00 + (unit - 0xd8_00) * 0x4_00 + (low - 0xdc_00)
}

function readHexadecimal(scanner: PatternScanner): number {
  if (scanner.ahead(0) !== '{' || !isHexDigit(scanner.ahead(1))) {
    return readDigits(scanner, 2, 'Illegal hexadecimal escape sequence')
  }
  scanner.take()
  let codePoint = 0
  while (isHexDigit(scanner.ahead(0))) {
    codePoint = codePoint * 16 + Number.parseInt(scanner.ahead(0), 16)
    if (codePoint > 0x10_ff_ff) scanner.fail('Hexadecimal codepoint is too big')
    scanner.take()
  }
  if (scanner.ahead(0) !== '}') scanner.fail('Unclosed hexadecimal escape sequence')
  scanner.take()
  return codePoint
}

function readDigits(scanner: PatternScanner, count: number, complaint: string): number {
  let digits = ''
  while (digits.length < count) {
    if (!isHexDigit(scanner.ahead(0))) scanner.fail(complaint)
    digits += scanner.ahead(0)
    scanner.take()
  }
  return Number.parseInt(digits, 16)
}

function isHexDigit(text: string): boolean {
  return /^[\da-f]$/i.test(text)
}

function readProperty(scanner: PatternScanner, ignoreCase: boolean): Escape {
  const isComplement = scanner.take()?.codePoint === 0x50
  let name = ''
  if (scanner.ahead(0) === '{') {
    scanner.take()
    while (scanner.ahead(0) !== '}') {
      name += String.fromCodePoint(
        (scanner.take() ?? scanner.fail('Unclosed character family')).codePoint,
      )
    }
    scanner.take()
    if (name === '') scanner.fail('Empty character family')
  } else {
    const letter = scanner.take() ?? scanner.fail('Unknown character property name')
    name = String.fromCodePoint(letter.codePoint)
  }
  const set =
    propertySet(name, ignoreCase) ?? scanner.fail(`Unknown character property name {${name}}`)
  return { kind: 'set', set: isComplement ? complementOf(set) : set }
}
