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
 * @throws {JsonDocumentError} for what is nested deeper than `documentDepthMax`.
 * Observed: cases/json-path/texts
 */
export function writeJsonDocument(value: Value): string {
  return write(value, 0)
}

function write(value: Value, depth: number): string {
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof JavaMap) return writeObject(value, deeper(depth))
  if (value instanceof JavaList) return writeArray(value, deeper(depth))
  return isNumber(value) ? numberText(value) : 'null'
}

function writeObject(object: JavaMap, depth: number): string {
  let text = '{'
  for (const [place, member] of object.values) {
    // Other keys are not where they are kept.
    if (typeof place !== 'string' || place.charCodeAt(0) === 0) return writeByKeys(object, depth)
    if (text.length > 1) text += ','
    text += writeText(place)
    text += ':'
    text += write(member, depth)
  }
  return `${text}}`
}

function writeByKeys(object: JavaMap, depth: number): string {
  let text = '{'
  for (const key of object.keys()) {
    if (text.length > 1) text += ','
    text += writeText(typeof key === 'string' ? key : write(key, depth))
    text += ':'
    text += write(object.get(key), depth)
  }
  return `${text}}`
}

function writeArray({ items }: JavaList, depth: number): string {
  let text = '['
  for (const item of items) {
    if (text.length > 1) text += ','
    text += write(item, depth)
  }
  return `${text}]`
}

/** A list can hold itself. */
function deeper(depth: number): number {
  if (depth < documentDepthMax) return depth + 1
  throw new JsonDocumentError('Nested too deeply', 0)
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
