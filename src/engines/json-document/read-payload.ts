import type { Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readJsonDocument } from './read-json.ts'

/**
 * What `$input.path('$')` is of a payload: its JSON. A payload that begins neither as an object, an array
 * nor a text in quotes, and is no number, `true`, `false` or `null`, is a text without quotes: a form, plain
 * text, HTML. Blanks around it are dropped.
 *
 * Chosen: docs/decisions/0028-json-path-of-jayway.md
 *
 * @throws {JsonDocumentError} for what begins as JSON and is none.
 */
export function readPayload(text: string): Value {
  const from = endOfBlanks(text)
  if (/["'[{]/.test(text.charAt(from))) return readJsonDocument(text)
  const bare = text.slice(from, beginOfBlanks(text, from))
  return scalar.test(bare) ? readScalar(bare) : bare
}

const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** A number of more digits than numbers may have is a text. */
function readScalar(text: string): Value {
  try {
    return readJsonDocument(text)
  } catch (error) {
    if (error instanceof JsonDocumentError) return text
    throw error
  }
}

function endOfBlanks(text: string): number {
  let at = 0
  while (text.charCodeAt(at) <= 0x20) at += 1
  return at
}

function beginOfBlanks(text: string, from: number): number {
  let at = text.length
  while (at > from && text.charCodeAt(at - 1) <= 0x20) at -= 1
  return at
}
