import type { Budget } from './budget.ts'
import { formatText } from './format-text.ts'
import { hashOf } from './hash.ts'
import {
  intAt,
  type MethodTable,
  methodTable,
  otherClass,
  textAt,
  valueAt,
} from './method-table.ts'
import { matchesWhole, replaceMatches, splitText } from './text-patterns.ts'
import { textOf } from './value-text.ts'
import { JavaChar, JavaList, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

function outOfRange(what: string): never {
  throw new TemplateFailure('runtime', `StringIndexOutOfBoundsException: ${what}`)
}

function substring(text: string, begin: number, end: number): string {
  if (begin < 0 || end > text.length || begin > end) {
    outOfRange(`begin ${begin}, end ${end}, length ${text.length}`)
  }
  return text.slice(begin, end)
}

function charAt(text: string, place: number): string {
  return text[place] ?? outOfRange(`index ${place}, length ${text.length}`)
}

function trimmed(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && text.charCodeAt(begin) <= 32) begin += 1
  while (end > begin && text.charCodeAt(end - 1) <= 32) end -= 1
  return text.slice(begin, end)
}

function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let i = 0; i < length; i += 1) {
    const difference = one.charCodeAt(i) - other.charCodeAt(i)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** Letters compare as their small form of their large one. */
function folded(text: string, budget: Budget): string {
  budget.spend(text.length)
  return Array.from({ length: text.length }, (_, i) => {
    const upper = (text[i] ?? '').toUpperCase()
    const lower = (upper.length === 1 ? upper : (text[i] ?? '')).toLowerCase()
    return lower.length === 1 ? lower : (text[i] ?? '')
  }).join('')
}

function repeated(text: string, count: number, budget: Budget): string {
  if (count < 0) throw new TemplateFailure('runtime', `count is negative: ${count}`)
  budget.checkLength(text.length * count)
  return text.repeat(count)
}

function replaced(text: string, [from, to]: readonly [string, string], budget: Budget): string {
  const result = text.replaceAll(from, () => to)
  budget.checkLength(result.length)
  budget.spend((text.length + result.length) >> 4)
  return result
}

function concatenated(text: string, other: string, budget: Budget): string {
  budget.checkLength(text.length + other.length)
  return text + other
}

function stringOf(value: Value, budget: Budget): string {
  return textOf(value, budget) ?? 'null'
}

function joined(separator: string, parts: readonly Value[], budget: Budget): string {
  const texts = parts.map((part) => {
    if (part === null) return 'null'
    return typeof part === 'string' ? part : outOfRange('only texts can be joined')
  })
  const length = texts.reduce((sum, { length: one }) => sum + one + separator.length, 0)
  budget.checkLength(length)
  return texts.join(separator)
}

/** The character that a number stands for, as `indexOf(int)` takes it. */
function ofCodePoint(codePoint: number): string {
  return codePoint >= 0 && codePoint <= 0x10_ff_ff ? String.fromCodePoint(codePoint) : '\0\0'
}

/** `String.indexOf(String, int)`: JavaScript clamps the place likewise. */
function lastIndexOf(text: string, searched: string, from: number): number {
  return from < 0 ? -1 : text.lastIndexOf(searched, from)
}

/** `String` as templates may use it. */
export const stringMethods: MethodTable<string> = methodTable<string>([
  ['length', [], (text) => text.length],
  ['isEmpty', [], (text) => text === ''],
  ['isBlank', [], (text) => text.trim() === ''],
  ['toString', [], (text) => text],
  ['intern', [], (text) => text],
  ['hashCode', [], (text) => hashOf(text)],
  ['equals', ['any'], (text, given) => text === given[0]],
  [
    'equalsIgnoreCase',
    ['text'],
    (text, [other], budget) =>
      typeof other === 'string' &&
      text.length === other.length &&
      (text === other || folded(text, budget) === folded(other, budget)),
  ],
  ['compareTo', ['text'], (text, given) => compareTexts(text, textAt(given, 0))],
  ['compareTo', ['any'], otherClass],
  [
    'compareToIgnoreCase',
    ['text'],
    (text, given, budget) => compareTexts(folded(text, budget), folded(textAt(given, 0), budget)),
  ],
  ['charAt', ['int'], (text, given) => new JavaChar(charAt(text, intAt(given, 0)))],
  [
    'codePointAt',
    ['int'],
    (text, given) => {
      charAt(text, intAt(given, 0))
      return text.codePointAt(intAt(given, 0)) ?? null
    },
  ],
  ['contains', ['text'], (text, given) => text.includes(textAt(given, 0))],
  ['contentEquals', ['text'], (text, given) => text === textAt(given, 0)],
  ['startsWith', ['text'], (text, given) => text.startsWith(textAt(given, 0))],
  [
    'startsWith',
    ['text', 'int'],
    (text, given) => intAt(given, 1) >= 0 && text.startsWith(textAt(given, 0), intAt(given, 1)),
  ],
  ['endsWith', ['text'], (text, given) => text.endsWith(textAt(given, 0))],
  ['indexOf', ['text'], (text, given) => text.indexOf(textAt(given, 0))],
  ['indexOf', ['int'], (text, given) => text.indexOf(ofCodePoint(intAt(given, 0)))],
  ['indexOf', ['text', 'int'], (text, given) => text.indexOf(textAt(given, 0), intAt(given, 1))],
  [
    'indexOf',
    ['int', 'int'],
    (text, given) => text.indexOf(ofCodePoint(intAt(given, 0)), intAt(given, 1)),
  ],
  ['lastIndexOf', ['text'], (text, given) => text.lastIndexOf(textAt(given, 0))],
  ['lastIndexOf', ['int'], (text, given) => text.lastIndexOf(ofCodePoint(intAt(given, 0)))],
  [
    'lastIndexOf',
    ['text', 'int'],
    (text, given) => lastIndexOf(text, textAt(given, 0), intAt(given, 1)),
  ],
  [
    'lastIndexOf',
    ['int', 'int'],
    (text, given) => lastIndexOf(text, ofCodePoint(intAt(given, 0)), intAt(given, 1)),
  ],
  ['substring', ['int'], (text, given) => substring(text, intAt(given, 0), text.length)],
  ['substring', ['int', 'int'], (text, given) => substring(text, intAt(given, 0), intAt(given, 1))],
  [
    'subSequence',
    ['int', 'int'],
    (text, given) => substring(text, intAt(given, 0), intAt(given, 1)),
  ],
  ['concat', ['text'], (text, given, budget) => concatenated(text, textAt(given, 0), budget)],
  ['trim', [], (text) => trimmed(text)],
  ['strip', [], (text) => text.trim()],
  ['stripLeading', [], (text) => text.trimStart()],
  ['stripTrailing', [], (text) => text.trimEnd()],
  ['toLowerCase', [], (text) => text.toLowerCase()],
  ['toUpperCase', [], (text) => text.toUpperCase()],
  ['repeat', ['int'], (text, given, budget) => repeated(text, intAt(given, 0), budget)],
  [
    'replace',
    ['char', 'char'],
    (text, [from, to], budget) =>
      from instanceof JavaChar && to instanceof JavaChar
        ? replaced(text, [from.unit, to.unit], budget)
        : text,
  ],
  [
    'replace',
    ['text', 'text'],
    (text, given, budget) => replaced(text, [textAt(given, 0), textAt(given, 1)], budget),
  ],
  [
    'replaceAll',
    ['text', 'text'],
    (text, given, budget) =>
      replaceMatches(
        text,
        { pattern: textAt(given, 0), replacement: textAt(given, 1), isFirstOnly: false },
        budget,
      ),
  ],
  [
    'replaceFirst',
    ['text', 'text'],
    (text, given, budget) =>
      replaceMatches(
        text,
        { pattern: textAt(given, 0), replacement: textAt(given, 1), isFirstOnly: true },
        budget,
      ),
  ],
  ['matches', ['text'], (text, given, budget) => matchesWhole(text, textAt(given, 0), budget)],
  [
    'split',
    ['text'],
    (text, given, budget) => new JavaList(splitText(text, textAt(given, 0), 0, budget), 'array'),
  ],
  [
    'split',
    ['text', 'int'],
    (text, given, budget) =>
      new JavaList(splitText(text, textAt(given, 0), intAt(given, 1), budget), 'array'),
  ],
  [
    'toCharArray',
    [],
    (text, _, budget) => {
      budget.checkMembers(text.length)
      return new JavaList(
        Array.from({ length: text.length }, (_unused, i) => new JavaChar(text[i] ?? '')),
        'array',
      )
    },
  ],
  ['valueOf', ['any'], (_, given, budget) => stringOf(valueAt(given, 0), budget)],
  [
    'join',
    ['text', 'list'],
    (_, [separator, list], budget) =>
      joined(
        typeof separator === 'string' ? separator : 'null',
        list instanceof JavaList ? list.items : [],
        budget,
      ),
  ],
  [
    'format',
    ['text', 'rest'],
    (_, given, budget) => {
      const [, only] = given
      const isArray = given.length === 2 && only instanceof JavaList && only.kind === 'array'
      return formatText(textAt(given, 0), isArray ? only.items : given.slice(1), budget)
    },
  ],
])
