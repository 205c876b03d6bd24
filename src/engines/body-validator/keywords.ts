import { compileEcmaPattern } from '../ecma-regex/ecma-pattern.ts'
import { isNumber, type JavaNumber } from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { hashOrder } from './hash-order.ts'
import {
  compareExactly,
  digitsOf,
  equalityKey,
  equalJson,
  hasMember,
  instanceNumberText,
  isMultiple,
  jsonText,
  type JsonKind,
  kindOf,
  memberOf,
  namesOf,
  quoted,
  schemaNumberText,
} from './json-instance.ts'
import type { Check, MatchName, SchemaNode } from './schema-node.ts'

/** The schema cannot be run: it is wrong, or too large. Thrown while one is compiled. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/** Where a keyword stands, and how it finds the schemas within its value. */
export interface KeywordPlace {
  readonly schema: JavaMap
  /** The schema at a place below this one: `/allOf/0`. */
  within(...path: readonly string[]): SchemaNode
  /** A pattern, compiled once. @throws {SchemaError} */
  matcher(pattern: string): MatchName
}

/** A keyword's check; undefined: there is nothing to check. @throws {SchemaError} */
export type CompileKeyword = (value: Value, place: KeywordPlace) => Check | undefined

interface Keyword {
  readonly kinds: readonly JsonKind[] | 'any'
  readonly compile: CompileKeyword
}

function numberOf(value: Value): JavaNumber {
  if (isNumber(value)) return value
  throw new SchemaError('a keyword that counts has no number')
}

/** Lengths are compared as whole numbers; none is larger than JavaScript's. */
function countOf(value: Value): number {
  const count = numberOf(value)
  return typeof count === 'number' ? count : Number(instanceNumberText(count))
}

function itemsOf(value: Value): readonly Value[] {
  if (value instanceof JavaList) return value.items
  throw new SchemaError('a keyword has no array')
}

function textsOf(value: Value): readonly string[] {
  return itemsOf(value).filter((item) => typeof item === 'string')
}

/** A list of names as messages show it. */
function listed(names: Iterable<string>): string {
  return `[${Array.from(names, quoted).toSorted(byText).join(',')}]`
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1
}

const lengthOf = (text: string): number => {
  let pairs = 0
  for (let i = 1; i < text.length; i += 1) {
    const isPair =
      (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800
    if (isPair) pairs += 1
  }
  return text.length - pairs
}

function ofNumber(says: (value: JavaNumber) => string | undefined): Check {
  return (value, run, report) => {
    // Numbers with a point are compared digit by digit.
    if (isNumber(value) && typeof value !== 'number') run.spend(digitsOf(value))
    const message = isNumber(value) ? says(value) : undefined
    if (message !== undefined) report.push(message)
  }
}

function ofText(says: (value: string) => string | undefined): Check {
  return (value, run, report) => {
    if (typeof value === 'string') run.work(value.length >> 5)
    const message = typeof value === 'string' ? says(value) : undefined
    if (message !== undefined) report.push(message)
  }
}

function ofItems(says: (count: number) => string | undefined): Check {
  return (value, _, report) => {
    const message = value instanceof JavaList ? says(value.items.length) : undefined
    if (message !== undefined) report.push(message)
  }
}

function ofMembers(says: (count: number) => string | undefined): Check {
  return (value, _, report) => {
    const message = value instanceof JavaMap ? says(value.values.size) : undefined
    if (message !== undefined) report.push(message)
  }
}

const additionalItems: CompileKeyword = (value, { schema }) => {
  const items = memberOf(schema, 'items')
  if (value !== false || !(items instanceof JavaList)) return undefined
  const max = items.items.length
  return ofItems((count) =>
    count > max
      ? `schema only allows ${max} elements in array but instance has ${count} elements`
      : undefined,
  )
}

const additionalProperties: CompileKeyword = (value, { schema, matcher }) => {
  if (value !== false) return undefined
  const properties = memberOf(schema, 'properties')
  const known = new Set(properties instanceof JavaMap ? namesOf(properties) : [])
  const patterns = memberOf(schema, 'patternProperties')
  const matchers = patterns instanceof JavaMap ? namesOf(patterns).map(matcher) : []
  return (instance, run, report) => {
    if (!(instance instanceof JavaMap)) return
    run.spend(instance.values.size * 3)
    const extra = namesOf(instance).filter(
      (name) => !known.has(name) && !matchers.some((matches) => matches(name, run)),
    )
    if (extra.length === 0) return
    report.push(
      `object instance has properties which are not allowed by the schema: ${listed(extra)}`,
    )
  }
}

/** How a pattern of `patternProperties` finds names, and what it holds in memory. @throws {SchemaError} */
export function compileName(text: string): {
  readonly matches: MatchName
  /** In instructions of some 100 bytes. */
  readonly size: number
} {
  const compiled = compileEcmaPattern(text)
  if (compiled.outcome === 'invalid') throw new SchemaError(`pattern ${text}: ${compiled.detail}`)
  const { pattern } = compiled
  const matches: MatchName = (name, run) => {
    run.work(pattern.costOf(name))
    return run.found(pattern.search(name))
  }
  return { matches, size: pattern.size }
}

/** How many of the schemas of a keyword a value fits. */
function counting(
  keyword: string,
  says: (fitting: number, count: number) => string | undefined,
): CompileKeyword {
  return (value, place) => {
    const nodes = itemsOf(value).map((_, index) => place.within(keyword, String(index)))
    return (instance, run, report) => {
      const fitting = nodes.filter((node) => run.fits(node, instance)).length
      const message = says(fitting, nodes.length)
      if (message !== undefined) report.push(message)
    }
  }
}

const dependencies: CompileKeyword = (value, place) => {
  if (!(value instanceof JavaMap)) throw new SchemaError('dependencies is no object')
  const names = namesOf(value).toSorted(byText)
  const isList = (name: string) => memberOf(value, name) instanceof JavaList
  // Java puts them into one map, and those of names into another.
  const ofNames = hashOrder(hashOrder(namesOf(value)).filter(isList)).map((name) => {
    return [name, textsOf(memberOf(value, name) ?? null)] as const
  })
  const ofSchemas = names
    .filter((name) => !isList(name))
    .map((name) => [name, place.within('dependencies', name)] as const)
  const size = ofNames.reduce((sum, [, wanted]) => sum + 1 + wanted.length, ofSchemas.length)
  return (instance, run, report) => {
    if (!(instance instanceof JavaMap)) return
    run.work(size)
    for (const [name, wanted] of ofNames) {
      const missing = hasMember(instance, name)
        ? wanted.filter((one) => !hasMember(instance, one))
        : []
      if (missing.length === 0) continue
      report.push(
        `property ${quoted(name)} of object has missing property dependencies ` +
          `(schema requires ${listed(wanted)}; missing: ${listed(missing)})`,
      )
    }
    for (const [name, node] of ofSchemas)
      if (hasMember(instance, name)) run.look(node, instance, report)
  }
}

const enumeration: CompileKeyword = (value) => {
  const values = itemsOf(value)
  const texts = new Set(values.filter((one) => typeof one === 'string'))
  const others = values.filter((one) => typeof one !== 'string')
  const possible = jsonText(value)
  const othersCost = others.length === 0 ? 0 : possible.length >> 3
  return (instance, run, report) => {
    run.spend(others.length)
    run.work(othersCost)
    const isThere =
      typeof instance === 'string'
        ? texts.has(instance)
        : others.some((one) => equalJson(one, instance))
    if (isThere) return
    const shown = jsonText(instance)
    run.work(shown.length >> 2)
    report.push(`instance value (${shown}) not found in enum (possible values: ${possible})`)
  }
}

const maximum: CompileKeyword = (value, { schema }) => {
  const limit = numberOf(value)
  const text = schemaNumberText(limit)
  const isExclusive = memberOf(schema, 'exclusiveMaximum') === true
  return ofNumber((number) => {
    const order = compareExactly(number, limit)
    if (order > 0) {
      return `numeric instance is greater than the required maximum (maximum: ${text}, found: ${instanceNumberText(number)})`
    }
    return order === 0 && isExclusive
      ? `numeric instance is not strictly lower than the required maximum ${text}`
      : undefined
  })
}

const minimum: CompileKeyword = (value, { schema }) => {
  const limit = numberOf(value)
  const text = schemaNumberText(limit)
  const isExclusive = memberOf(schema, 'exclusiveMinimum') === true
  return ofNumber((number) => {
    const order = compareExactly(number, limit)
    if (order < 0) {
      return `numeric instance is lower than the required minimum (minimum: ${text}, found: ${instanceNumberText(number)})`
    }
    return order === 0 && isExclusive
      ? `numeric instance is not strictly greater than the required minimum ${text}`
      : undefined
  })
}

const multipleOf: CompileKeyword = (value) => {
  const divisor = numberOf(value)
  if (compareExactly(divisor, 0) <= 0) throw new SchemaError('multipleOf is not above zero')
  const text = schemaNumberText(divisor)
  return ofNumber((number) =>
    isMultiple(number, divisor)
      ? undefined
      : `remainder of division is not zero (${instanceNumberText(number)} / ${text})`,
  )
}

const not: CompileKeyword = (_, place) => {
  const node = place.within('not')
  return (instance, run, report) => {
    if (run.fits(node, instance)) report.push('instance matched a schema which it should not have')
  }
}

const pattern: CompileKeyword = (value, { matcher }) => {
  if (typeof value !== 'string') throw new SchemaError('pattern is no text')
  const matches = matcher(value)
  return (instance, run, report) => {
    if (typeof instance !== 'string' || matches(instance, run)) return
    report.push(`ECMA 262 regex "${value}" does not match input string "${instance}"`)
  }
}

const required: CompileKeyword = (value) => {
  const names = textsOf(value)
  if (names.length === 0) throw new SchemaError('required names nothing')
  return (instance, run, report) => {
    if (!(instance instanceof JavaMap)) return
    run.work(names.length >> 1)
    const missing = names.filter((name) => !hasMember(instance, name))
    if (missing.length > 0) {
      run.work(missing.length * 10)
      report.push(`object has missing required properties (${listed(missing)})`)
    }
  }
}

const primitives: ReadonlySet<string> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
])

const type: CompileKeyword = (value) => {
  const allowed = new Set(typeof value === 'string' ? [value] : textsOf(value))
  for (const name of allowed) {
    if (!primitives.has(name)) throw new SchemaError(`there is no type ${name}`)
  }
  if (allowed.has('number')) allowed.add('integer')
  const shown = listed(allowed)
  return (instance, _, report) => {
    const kind = kindOf(instance)
    if (allowed.has(kind)) return
    report.push(
      `instance type (${kind}) does not match any allowed primitive type (allowed: ${shown})`,
    )
  }
}

const uniqueItems: CompileKeyword = (value) => {
  if (value !== true) return undefined
  return (instance, run, report) => {
    if (!(instance instanceof JavaList)) return
    const seen = new Set<string>()
    for (const item of instance.items) {
      const key = equalityKey(item)
      run.spend(3 + (key.length >> 3))
      if (seen.has(key)) {
        report.push('array must not contain duplicate elements')
        return
      }
      seen.add(key)
    }
  }
}

function lengthLimit(
  compare: (length: number, limit: number) => boolean,
  says: (text: string, length: number, limit: number) => string,
): CompileKeyword {
  return (value) => {
    const limit = countOf(value)
    return ofText((text) => {
      const length = lengthOf(text)
      return compare(length, limit) ? says(text, length, limit) : undefined
    })
  }
}

const above = (one: number, other: number) => one > other
const below = (one: number, other: number) => one < other

/** Draft-04 has it beside the limit alone. */
function besides(limit: string): CompileKeyword {
  return (_, { schema }) => {
    if (memberOf(schema, limit) === undefined) throw new SchemaError(`${limit} is missing`)
    return undefined
  }
}

/** In the order in which their messages come. */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['additionalItems', { kinds: ['array'], compile: additionalItems }],
  ['additionalProperties', { kinds: ['object'], compile: additionalProperties }],
  [
    'allOf',
    {
      kinds: 'any',
      compile: counting('allOf', (fitting, count) =>
        fitting < count
          ? `instance failed to match all required schemas (matched only ${fitting} out of ${count})`
          : undefined,
      ),
    },
  ],
  [
    'anyOf',
    {
      kinds: 'any',
      compile: counting('anyOf', (fitting, count) =>
        fitting === 0
          ? `instance failed to match at least one required schema among ${count}`
          : undefined,
      ),
    },
  ],
  ['dependencies', { kinds: ['object'], compile: dependencies }],
  ['enum', { kinds: 'any', compile: enumeration }],
  ['exclusiveMaximum', { kinds: [], compile: besides('maximum') }],
  ['exclusiveMinimum', { kinds: [], compile: besides('minimum') }],
  [
    'maxItems',
    {
      kinds: ['array'],
      compile: (value) => {
        const max = countOf(value)
        return ofItems((count) =>
          count > max
            ? `array is too long: must have at most ${max} elements but instance has ${count} elements`
            : undefined,
        )
      },
    },
  ],
  [
    'maxLength',
    {
      kinds: ['string'],
      compile: lengthLimit(
        above,
        (text, length, max) =>
          `string "${text}" is too long (length: ${length}, maximum allowed: ${max})`,
      ),
    },
  ],
  [
    'maxProperties',
    {
      kinds: ['object'],
      compile: (value) => {
        const max = countOf(value)
        return ofMembers((count) =>
          count > max
            ? `object has too many properties (found ${count} but schema requires at most ${max})`
            : undefined,
        )
      },
    },
  ],
  ['maximum', { kinds: ['integer', 'number'], compile: maximum }],
  [
    'minItems',
    {
      kinds: ['array'],
      compile: (value) => {
        const min = countOf(value)
        return ofItems((count) =>
          count < min
            ? `array is too short: must have at least ${min} elements but instance has ${count} elements`
            : undefined,
        )
      },
    },
  ],
  [
    'minLength',
    {
      kinds: ['string'],
      compile: lengthLimit(
        below,
        (text, length, min) =>
          `string "${text}" is too short (length: ${length}, required minimum: ${min})`,
      ),
    },
  ],
  [
    'minProperties',
    {
      kinds: ['object'],
      compile: (value) => {
        const min = countOf(value)
        return ofMembers((count) =>
          count < min
            ? `object has too few properties (found ${count} but schema requires at least ${min})`
            : undefined,
        )
      },
    },
  ],
  ['minimum', { kinds: ['integer', 'number'], compile: minimum }],
  ['multipleOf', { kinds: ['integer', 'number'], compile: multipleOf }],
  ['not', { kinds: 'any', compile: not }],
  [
    'oneOf',
    {
      kinds: 'any',
      compile: counting('oneOf', (fitting, count) =>
        fitting === 1
          ? undefined
          : `instance failed to match exactly one schema (matched ${fitting} out of ${count})`,
      ),
    },
  ],
  ['pattern', { kinds: ['string'], compile: pattern }],
  ['required', { kinds: ['object'], compile: required }],
  ['type', { kinds: 'any', compile: type }],
  ['uniqueItems', { kinds: ['array'], compile: uniqueItems }],
])
