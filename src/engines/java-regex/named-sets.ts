import { type CodePointSet, codePointMax, predicateSet, rangeSet } from './code-point-set.ts'

/** Characters that end a line in Java: LF, CR, NEL, LS and PS. */
export const lineTerminators = rangeSet(0x0a, 0x0a, 0x0d, 0x0d, 0x85, 0x85, 0x2028, 0x2029)

/** The sets of `\d`, `\h`, `\s`, `\v` and `\w`: without a flag, those of ASCII but for `\h` and `\v`. */
export const predefinedSets: Readonly<Record<string, CodePointSet>> = {
  d: rangeSet(0x30, 0x39),
  h: rangeSet(
    ...[0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e],
    ...[0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000],
  ),
  s: rangeSet(0x09, 0x0d, 0x20, 0x20),
  v: rangeSet(0x0a, 0x0d, 0x85, 0x85, 0x2028, 0x2029),
  w: rangeSet(0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a),
}

const posix: Readonly<Record<string, readonly number[]>> = {
  Lower: [0x61, 0x7a],
  Upper: [0x41, 0x5a],
  ASCII: [0, 0x7f],
  Alpha: [0x41, 0x5a, 0x61, 0x7a],
  Digit: [0x30, 0x39],
  Alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  Punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  Graph: [0x21, 0x7e],
  Print: [0x20, 0x7e],
  Blank: [0x09, 0x09, 0x20, 0x20],
  Cntrl: [0, 0x1f, 0x7f, 0x7f],
  XDigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
  Space: [0x09, 0x0d, 0x20, 0x20],
  javaISOControl: [0, 0x1f, 0x7f, 0x9f],
  L1: [0, 0xff],
  all: [0, codePointMax],
}

const identifierIgnorable = '\\u0000-\\u0008\\u000e-\\u001b\\u007f-\\u009f\\p{Cf}'
const javaIdentifierStart = '\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}'

/** Content of a JavaScript character class that holds one character of the property. */
const classes: Readonly<Record<string, string>> = {
  LC: '\\p{Lu}\\p{Ll}\\p{Lt}',
  LD: '\\p{L}\\p{Nd}',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaIdeographic: '\\p{Ideographic}',
  javaTitleCase: '\\p{Lt}',
  javaDigit: '\\p{Nd}',
  javaDefined: '\\P{Cn}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
  javaSpaceChar: '\\p{Z}',
  javaMirrored: '\\p{Bidi_Mirrored}',
  javaWhitespace:
    '\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000',
  javaIdentifierIgnorable: identifierIgnorable,
  javaJavaIdentifierStart: javaIdentifierStart,
  javaJavaIdentifierPart: `${javaIdentifierStart}\\p{Nd}\\p{Mc}\\p{Mn}${identifierIgnorable}`,
  javaUnicodeIdentifierStart: '\\p{ID_Start}',
  javaUnicodeIdentifierPart: `\\p{ID_Continue}${identifierIgnorable}`,
}

const categories = /^(?:C[cfons]?|L[ulmot]?|M[nec]?|N[dlo]?|Z[slp]?|P[dsecofi]?|S[mcko]?)$/

/** Names behind `\p{Is…}`, in capitals; those of two words may have a `_` between them. */
const binary: Readonly<Record<string, string>> = {
  ALPHABETIC: '\\p{Alphabetic}',
  ASSIGNED: '\\P{Cn}',
  CONTROL: '\\p{Cc}',
  HEXDIGIT: '\\p{Nd}a-fA-F\\uff21-\\uff26\\uff41-\\uff46',
  IDEOGRAPHIC: '\\p{Ideographic}',
  JOINCONTROL: '\\p{Join_Control}',
  LETTER: '\\p{L}',
  LOWERCASE: '\\p{Lowercase}',
  NONCHARACTERCODE_POINT: '\\p{Noncharacter_Code_Point}',
  NONCHARACTERCODEPOINT: '\\p{Noncharacter_Code_Point}',
  TITLECASE: '\\p{Lt}',
  PUNCTUATION: '\\p{P}',
  UPPERCASE: '\\p{Uppercase}',
  WHITESPACE: '\\p{White_Space}',
  WORD: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}',
}

const twoWords = /^(WHITE|HEX|JOIN|NONCHARACTER)_(SPACE|DIGIT|CONTROL|CODE_POINT)$/

/** The blocks that are known, in capitals and without blanks, `_` and `-`. */
const blocks: Readonly<Record<string, readonly [number, number]>> = {
  BASICLATIN: [0, 0x7f],
  LATIN1SUPPLEMENT: [0x80, 0xff],
  LATINEXTENDEDA: [0x100, 0x17f],
  LATINEXTENDEDB: [0x180, 0x24f],
  IPAEXTENSIONS: [0x250, 0x2af],
  SPACINGMODIFIERLETTERS: [0x2b0, 0x2ff],
  COMBININGDIACRITICALMARKS: [0x300, 0x36f],
  GREEK: [0x370, 0x3ff],
  CYRILLIC: [0x400, 0x4ff],
  ARMENIAN: [0x530, 0x58f],
  HEBREW: [0x590, 0x5ff],
  ARABIC: [0x600, 0x6ff],
  DEVANAGARI: [0x900, 0x97f],
  THAI: [0xe00, 0xe7f],
  GENERALPUNCTUATION: [0x2000, 0x206f],
  CURRENCYSYMBOLS: [0x20a0, 0x20cf],
  ARROWS: [0x2190, 0x21ff],
  MATHEMATICALOPERATORS: [0x2200, 0x22ff],
  HIRAGANA: [0x3040, 0x309f],
  KATAKANA: [0x30a0, 0x30ff],
  CJKUNIFIEDIDEOGRAPHS: [0x4e00, 0x9fff],
  HANGULSYLLABLES: [0xac00, 0xd7af],
  EMOTICONS: [0x1f600, 0x1f64f],
}

/**
 * The set of `\p{NAME}`; undefined when Java has no such property, or we have not. `ignoreCase`: where case
 * does not count, a property of one case is that of all.
 *
 * Scripts are Unicode's of the running Node, which may know more characters than Java does.
 */
export function propertySet(name: string, ignoreCase: boolean): CodePointSet | undefined {
  const equalsAt = name.indexOf('=')
  if (equalsAt >= 0) return valuedProperty(name, equalsAt, ignoreCase)
  if (name.startsWith('In')) return blockSet(name.slice(2))
  if (!name.startsWith('Is')) return plainProperty(name, ignoreCase)
  const short = name.slice(2)
  const known = own(binary, short.toUpperCase().replace(twoWords, '$1$2'))
  if (known !== undefined) return classSet(cased(short.toUpperCase(), ignoreCase) ?? known)
  return plainProperty(short, ignoreCase) ?? scriptSet(short)
}

function valuedProperty(name: string, at: number, ignoreCase: boolean): CodePointSet | undefined {
  const value = name.slice(at + 1)
  switch (name.slice(0, at).toLowerCase()) {
    case 'sc':
    case 'script':
      return scriptSet(value)
    case 'blk':
    case 'block':
      return blockSet(value)
    case 'gc':
    case 'general_category':
      return plainProperty(value, ignoreCase)
    default:
      return undefined
  }
}

function plainProperty(name: string, ignoreCase: boolean): CodePointSet | undefined {
  const anyCase = cased(name, ignoreCase)
  if (anyCase !== undefined) return classSet(anyCase)
  const isOneCase = name === 'Lower' || name === 'Upper'
  const ranges = own(posix, ignoreCase && isOneCase ? 'Alpha' : name)
  if (ranges !== undefined) return rangeSet(...ranges)
  const content = own(classes, name) ?? (categories.test(name) ? `\\p{${name}}` : undefined)
  return content === undefined ? undefined : classSet(content)
}

/** What stands in for a property of one case where case does not count. */
function cased(name: string, ignoreCase: boolean): string | undefined {
  if (!ignoreCase) return undefined
  if (name === 'Lu' || name === 'Ll' || name === 'Lt') return '\\p{Lu}\\p{Ll}\\p{Lt}'
  return /^(?:java(?:Lower|Upper|Title)Case|(?:LOWER|UPPER|TITLE)CASE)$/.test(name)
    ? '\\p{Lowercase}\\p{Uppercase}\\p{Lt}'
    : undefined
}

function blockSet(name: string): CodePointSet | undefined {
  const range = own(blocks, name.toUpperCase().replaceAll(/[ _-]/g, ''))
  return range === undefined ? undefined : rangeSet(...range)
}

function scriptSet(name: string): CodePointSet | undefined {
  if (!/^[a-z_]{2,40}$/i.test(name)) return undefined
  const words = name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
  try {
    return classSet(`\\p{Script=${words.join('_')}}`)
  } catch {
    return undefined
  }
}

/** `content` is one of the constants above; it is tried on one character at a time. */
function classSet(content: string): CodePointSet {
  const expression = new RegExp(`^[${content}]$`, 'u')
  return predicateSet((codePoint) => expression.test(String.fromCodePoint(codePoint)))
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
