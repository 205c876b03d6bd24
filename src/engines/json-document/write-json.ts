import { isNumber, numberText } from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { documentDepthMax } from './read-json.ts'

/**
 * The JSON text of a value, without blanks, as Jayway JsonPath prints it with its own json-smart: numbers as
 * Java prints them, `/` as it is, and control characters and those from U+2000 to U+20FF escaped.
 *
 * What is no JSON (an iterator, `$input` itself) is null.
 *
 * @throws {JsonDocumentError} for what is nested deeper than `documentDepthMax`, or longer than `lengthMax`.
 * Observed: cases/json-path/texts
 */
export function writeJsonDocument(value: Value, lengthMax = Number.POSITIVE_INFINITY): string {
  return write(value, { depth: 0, lengthLeft: lengthMax })
}

/** Where a writer is. What a template puts within itself, twice each time, would have no end. */
interface Writing {
  depth: number
  lengthLeft: number
}

function write(value: Value, writing: Writing): string {
  if (typeof value === 'string') return counted(writeText(value), writing)
  if (typeof value === 'number' || typeof value === 'boolean')
    return counted(String(value), writing)
  if (value instanceof JavaMap) return writeWhole(value, writeObject, writing)
  if (value instanceof JavaList) return writeWhole(value, writeArray, writing)
  return counted(isNumber(value) ? numberText(value) : 'null', writing)
}

/** A list can hold itself. */
function writeWhole<Whole>(
  whole: Whole,
  writeOne: (whole: Whole, writing: Writing) => string,
  writing: Writing,
): string {
  writing.lengthLeft -= 2
  if (++writing.depth > documentDepthMax) throw new JsonDocumentError('Nested too deeply', 0)
  if (writing.lengthLeft < 0) throw new JsonDocumentError('Too long', 0)
  const text = writeOne(whole, writing)
  writing.depth -= 1
  return text
}

function counted(text: string, writing: Writing): string {
  writing.lengthLeft -= text.length + 1
  if (writing.lengthLeft < 0) throw new JsonDocumentError('Too long', 0)
  return text
}

function writeObject(object: JavaMap, writing: Writing): string {
  let text = '{'
  for (const [place, member] of object.values) {
    // Other keys are not where they are kept.
    if (typeof place !== 'string' || place.charCodeAt(0) === 0) return writeByKeys(object, writing)
    if (text.length > 1) text += ','
    text += counted(writeText(place), writing)
    text += ':'
    text += write(member, writing)
  }
  return `${text}}`
}

function writeByKeys(object: JavaMap, writing: Writing): string {
  let text = '{'
  for (const key of object.keys()) {
    if (text.length > 1) text += ','
    text += counted(writeText(typeof key === 'string' ? key : write(key, writing)), writing)
    text += ':'
    text += write(object.get(key), writing)
  }
  return `${text}}`
}

function writeArray({ items }: JavaList, writing: Writing): string {
  let text = '['
  for (const item of items) {
    if (text.length > 1) text += ','
    text += write(item, writing)
  }
  return `${text}]`
}

// oxlint-disable-next-line no-control-regex -- these are what is escaped
const special = /[\u0000-\u001f"\\\u007f-\u009f\u2000-\u20ff]/g
// oxlint-disable-next-line no-control-regex
const isPlain = /^[^\u0000-\u001f"\\\u007f-\u009f\u2000-\u20ff]*$/
const short: Readonly<Record<string, string>> = Object.freeze({
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
})

function writeText(text: string): string {
  return isPlain.test(text) ? `"${text}"` : `"${text.replace(special, escapeOf)}"`
}

function escapeOf(character: string): string {
  return (
    short[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  )
}
