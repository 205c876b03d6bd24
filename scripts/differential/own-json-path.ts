import { readJsonDocument } from '../../src/engines/json-document/read-json.ts'
import { writeJsonDocument } from '../../src/engines/json-document/write-json.ts'
import { compileJsonPath, type JsonPath } from '../../src/engines/json-path/compile-json-path.ts'
import { JsonPathSyntaxError } from '../../src/engines/json-path/json-path-error.ts'
import type { PathCase, PathVerdict } from './json-path-judge.ts'

/** What this engine makes of a case. */
export function ownVerdict({ path, json }: PathCase): PathVerdict {
  let compiled: JsonPath
  try {
    compiled = compileJsonPath(path)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    return { outcome: 'refused', error: error.message }
  }
  const { isDefinite } = compiled
  const read = compiled.read(readJsonDocument(json))
  if (read.outcome === 'found') {
    return { outcome: 'found', isDefinite, json: writeJsonDocument(read.value) }
  }
  if (read.outcome === 'not-found') return { outcome: 'not-found', isDefinite }
  return { outcome: 'failed', isDefinite, error: read.detail }
}
