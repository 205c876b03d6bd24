import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { schemaTextOf } from './schema-text.ts'

/** What reading the schema of a model came to. */
export type ModelSchema =
  | {
      readonly outcome: 'valid'
      readonly schema: JsonObject
      /** Every `$ref` that does not point into the schema itself, each once. */
      readonly references: readonly string[]
    }
  /** `unsupported`: the keywords that JSON Schema draft-04 does not have; empty: it is wrong otherwise. */
  | { readonly outcome: 'invalid'; readonly unsupported: readonly string[] }

/**
 * Reads the schema of a model: JSON Schema draft-04 and nothing else.
 *
 * Nothing is followed but references within the schema, which must lead somewhere.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 * Cost: linear in the schema.
 */
export function readModelSchema(text: string): ModelSchema {
  const schema = isTooDeep(text) ? undefined : parse(text)
  if (!isJsonObject(schema)) return invalid([])
  const unsupported = new Set<string>()
  const references = new Set<string>()
  let isWrong = false
  const waiting: JsonValue[] = [schema]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isJsonObject(next)) isWrong = true
    for (const [keyword, value] of Object.entries(isJsonObject(next) ? next : {})) {
      const check = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
      if (check === undefined) unsupported.add(keyword)
      const inner = check?.(value ?? null)
      if (check !== undefined && inner === undefined) isWrong = true
      for (const schemaWithin of inner ?? []) waiting.push(schemaWithin)
      if (keyword === '$ref' && typeof value === 'string') references.add(value)
    }
  }
  if (unsupported.size > 0) return invalid([...unsupported])
  const local = [...references].filter((reference) => reference.startsWith('#'))
  if (isWrong || local.some((reference) => !leadsSomewhere(schema, reference))) return invalid([])
  return Object.freeze({
    outcome: 'valid',
    schema,
    references: Object.freeze([...references].filter((reference) => !reference.startsWith('#'))),
  })
}

/** Chosen: levels of objects and arrays in a schema, so that who walks it later may do it by recursion. */
const depthMax = 64

/** Counts brackets, so that nothing deep is ever parsed. */
function isTooDeep(json: string): boolean {
  let depth = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > depthMax) return true
  }
  return false
}

function parse(text: string): JsonValue | undefined {
  try {
    // JSON.parse gives nothing but JSON.
    return JSON.parse(schemaTextOf(text)) as JsonValue
  } catch {
    return undefined
  }
}

function invalid(unsupported: readonly string[]): ModelSchema {
  return Object.freeze({ outcome: 'invalid', unsupported: Object.freeze(unsupported) })
}

/** The schemas within the value of a keyword; undefined: the keyword may not have this value. */
type KeywordCheck = (value: JsonValue) => readonly JsonValue[] | undefined

const when = (isRight: boolean): readonly JsonValue[] | undefined => (isRight ? [] : undefined)
const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)

const anything: KeywordCheck = () => []
const text: KeywordCheck = (value) => when(typeof value === 'string')
const flag: KeywordCheck = (value) => when(typeof value === 'boolean')
const number: KeywordCheck = (value) => when(typeof value === 'number')
const count: KeywordCheck = (value) => when(Number.isInteger(value) && Number(value) >= 0)
const schemaOrFlag: KeywordCheck = (value) => (typeof value === 'boolean' ? [] : [value])
const schemas: KeywordCheck = (value) => (isArray(value) && value.length > 0 ? value : undefined)
const schemaOrSchemas: KeywordCheck = (value) => (isArray(value) ? value : [value])
const schemaMap: KeywordCheck = (value) =>
  isJsonObject(value) ? Object.values(value).map((member) => member ?? null) : undefined

/** At least one value, none of them twice. */
function isSet(value: JsonValue): value is readonly JsonValue[] {
  return (
    isArray(value) &&
    value.length > 0 &&
    new Set(value.map((member) => JSON.stringify(member))).size === value.length
  )
}

const names: KeywordCheck = (value) =>
  when(isSet(value) && value.every((member) => typeof member === 'string'))

const types: readonly JsonValue[] = [
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]

const type: KeywordCheck = (value) =>
  when(types.includes(value) || (isSet(value) && value.every((member) => types.includes(member))))

/** Only compiled, never run: a pattern that no one can compile is wrong. */
const pattern: KeywordCheck = (value) => {
  try {
    return when(typeof value === 'string' && new RegExp(value) instanceof RegExp)
  } catch {
    return undefined
  }
}

const dependencies: KeywordCheck = (value) => {
  const members = schemaMap(value)
  if (members?.some((member) => isArray(member) && names(member) === undefined) === true) {
    return undefined
  }
  return members?.filter((member) => !isArray(member))
}

const keywords: Readonly<Record<string, KeywordCheck>> = {
  $ref: text,
  $schema: text,
  additionalItems: schemaOrFlag,
  additionalProperties: schemaOrFlag,
  allOf: schemas,
  anyOf: schemas,
  default: anything,
  definitions: schemaMap,
  dependencies,
  description: text,
  enum: (value) => when(isSet(value)),
  exclusiveMaximum: flag,
  exclusiveMinimum: flag,
  format: text,
  id: text,
  items: schemaOrSchemas,
  maxItems: count,
  maxLength: count,
  maxProperties: count,
  maximum: number,
  minItems: count,
  minLength: count,
  minProperties: count,
  minimum: number,
  multipleOf: (value) => when(typeof value === 'number' && value > 0),
  not: (value) => [value],
  oneOf: schemas,
  pattern,
  patternProperties: schemaMap,
  properties: schemaMap,
  required: names,
  title: text,
  type,
  uniqueItems: flag,
}

/** True when a reference into the schema (`#`, `#/definitions/Pet`) names something that is there. */
function leadsSomewhere(schema: JsonObject, reference: string): boolean {
  return findReferenced(schema, reference) !== undefined
}

/** What a reference into a schema names; undefined: nothing. */
export function findReferenced(schema: JsonObject, reference: string): JsonValue | undefined {
  if (reference === '#') return schema
  if (!reference.startsWith('#/')) return undefined
  let place: JsonValue | undefined = schema
  for (const segment of reference.slice(2).split('/')) {
    const name = decodeSegment(segment)
    if (isJsonObject(place)) place = Object.hasOwn(place, name) ? place[name] : undefined
    else if (place !== undefined && isArray(place)) place = place[Number(name)]
    else return undefined
  }
  return place
}

function decodeSegment(segment: string): string {
  const unescaped = segment.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(unescaped)
  } catch {
    return unescaped
  }
}
