import type { Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readJsonDocument } from './read-json.ts'
import { readLenientJson } from './read-lenient-json.ts'

/**
 * What `$input.path('$')` is of a payload: its JSON, read leniently where it is none. So a form, or plain text,
 * is its own text. `beforeLenient` is called before a text that is no JSON is read for the second time.
 *
 * Chosen: docs/decisions/0028-json-path-of-jayway.md
 *
 * @throws {JsonDocumentError}
 */
export function readPayload(text: string, beforeLenient: () => void): Value {
  try {
    return readJsonDocument(text)
  } catch (error) {
    if (!(error instanceof JsonDocumentError)) throw error
    beforeLenient()
    return readLenientJson(text)
  }
}
