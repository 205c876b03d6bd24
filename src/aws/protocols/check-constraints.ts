import { frontEndError } from '../front-end-errors.ts'
import type { BreachStyle, Member, Operation, Shape, StructureShape } from '../operation-model.ts'
import { memberOf } from './json-values.ts'

/**
 * Refuses an input that breaks a constraint of the model: a required member missing, a value outside
 * its enum, pattern, length or range. All breaches are told at once, in the order of the model.
 *
 * A breach is named by where it is: `createStageInput.variables` in a body, the bare name of a member
 * that came in the path, the query or a header; in the style of Lambda `routingConfig.
 * additionalVersionWeights` wherever it came in.
 *
 * @throws {ServiceError} ValidationException.
 *
 * Observed: enum, pattern and several at once (`updateMethodResponseInput.patchOperations.1.member.op`);
 * in the style of Lambda keys and values of a map, which name every clause.
 * Chosen: null, length and range, and null among the values of a map, in the words that AWS's other
 * services use (docs/decisions/0005).
 */
export function checkConstraints(
  operation: Operation,
  input: object,
  style: BreachStyle = 'operation',
): void {
  const found: Breaches = { style, isSecret: false, texts: [] }
  const prefix = `${lowerFirst(operation.name)}Input`
  for (const member of operation.input.members) {
    const path =
      style === 'operation' && member.binding === 'body'
        ? `${prefix}.${member.wireName}`
        : nameOf(member, style)
    checkMember(member, memberOf(input, member), path, found)
  }
  const { texts: breaches } = found
  if (breaches.length === 0) return
  const count =
    breaches.length === 1 ? '1 validation error' : `${breaches.length} validation errors`
  throw frontEndError('ValidationException', `${count} detected: ${breaches.join('; ')}`)
}

interface Breaches {
  readonly style: BreachStyle
  /** Values are not to be repeated. */
  readonly isSecret: boolean
  readonly texts: string[]
}

function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`
}

/** Lambda's own names of what is on the wire in capitals begin in lower case. */
function nameOf({ binding, name, wireName }: Member, style: BreachStyle): string {
  const text = binding === 'body' ? wireName : name
  return style === 'members' ? lowerFirst(text) : text
}

function checkMember(
  { shape, required, sensitive }: Pick<Member, 'shape' | 'required' | 'sensitive'>,
  value: unknown,
  path: string,
  breaches: Breaches,
): void {
  if (value !== undefined && value !== null) {
    checkValue(shape, value, path, sensitive ? { ...breaches, isSecret: true } : breaches)
  } else if (required) {
    breaches.texts.push(`Value null at '${path}' failed to satisfy constraint: ${mustNotBeNull}`)
  }
}

/** What a list or a map holds must be there, and is as secret as they are. */
function elementOf(shape: Shape): Pick<Member, 'shape' | 'required' | 'sensitive'> {
  return { shape, required: true, sensitive: false }
}

function checkValue(shape: Shape, value: unknown, path: string, breaches: Breaches): void {
  switch (shape.kind) {
    case 'structure':
      return checkStructure(shape, Object(value), path, breaches)
    case 'list':
      return checkList(shape.element, Array.isArray(value) ? value : [], path, breaches)
    case 'map':
      return checkMap(shape, Object(value), path, breaches)
    case 'string':
    case 'integer':
    case 'long':
    case 'double':
    case 'boolean':
    case 'timestamp':
    case 'blob':
      for (const { isKept, clause } of clausesOf(shape)) {
        if (!isKept(value)) tell(breaches, { value: printed(shape, value), path, clause })
      }
  }
}

function checkStructure(
  shape: StructureShape,
  value: object,
  path: string,
  breaches: Breaches,
): void {
  for (const member of shape.members) {
    const memberPath = `${path}.${nameOf(member, breaches.style)}`
    checkMember(member, memberOf(value, member), memberPath, breaches)
  }
}

function checkList(
  element: Shape,
  items: readonly unknown[],
  path: string,
  breaches: Breaches,
): void {
  if (element.kind === 'structure' || element.kind === 'list' || element.kind === 'map') {
    for (const [index, item] of items.entries()) {
      checkMember(elementOf(element), item, `${path}.${index + 1}.member`, breaches)
    }
    return
  }
  const broken = brokenClauses(element, items, { hasNull: items.includes(null), ...breaches })
  if (broken.length === 0) return
  const clause = `Member must satisfy constraint: [${broken.join(', ')}]`
  tell(breaches, { value: `[${items.map(String).join(', ')}]`, path, clause })
}

function checkMap(
  { key, value: shape, nullable }: Shape & { kind: 'map' },
  map: object,
  path: string,
  breaches: Breaches,
): void {
  const entries = Object.entries(map)
  const { style } = breaches
  const shown = () =>
    `{${entries.map(([name, item]) => `${name}=${printed(shape, item)}`).join(', ')}}`
  const names = entries.map(([name]) => name)
  const brokenKeys = key === undefined ? [] : brokenClauses(key, names, { hasNull: false, style })
  if (brokenKeys.length > 0) {
    const clause = `Map keys must satisfy constraint: [${brokenKeys.join(', ')}]`
    tell(breaches, { value: shown(), path, clause })
  }
  if (shape.kind === 'structure' || shape.kind === 'list' || shape.kind === 'map') {
    for (const [name, item] of entries) {
      checkMember(elementOf(shape), item, `${path}.${name}.member`, breaches)
    }
    return
  }
  const items = entries.map(([, item]: [string, unknown]) => item)
  const hasNull = !nullable && items.includes(null)
  const broken = brokenClauses(shape, items, { hasNull, style })
  if (broken.length === 0) return
  const clause = `Map value must satisfy constraint: [${broken.join(', ')}]`
  tell(breaches, { value: shown(), path, clause })
}

/** The clauses to tell of the elements of a list or a map; none when all are kept. */
function brokenClauses(
  shape: Shape,
  items: readonly unknown[],
  { hasNull, style }: { readonly hasNull: boolean; readonly style: BreachStyle },
): string[] {
  const clauses = clausesOf(shape)
  const isBroken = ({ isKept }: Clause) => items.some((item) => item !== null && !isKept(item))
  const broken = clauses.filter(isBroken)
  if (style === 'members' && (hasNull || broken.length > 0)) {
    return [...clauses.map(({ clause }) => clause), mustNotBeNull]
  }
  return [...broken.map(({ clause }) => clause), ...(hasNull ? [mustNotBeNull] : [])]
}

const mustNotBeNull = 'Member must not be null'

interface Clause {
  readonly clause: string
  readonly isKept: (value: unknown) => boolean
}

function clausesOf(shape: Shape): Clause[] {
  if (!('constraint' in shape) || shape.constraint === undefined) return []
  const { enum: values, pattern, min, max } = shape.constraint
  const bound = (limit: number) => printed(shape, limit)
  const measured = shape.kind === 'string' ? 'length' : 'value'
  const measure = (value: unknown) => (typeof value === 'string' ? value.length : Number(value))
  const clauses: Clause[] = []
  if (max !== undefined) {
    clauses.push({
      clause: `Member must have ${measured} less than or equal to ${bound(max)}`,
      isKept: (value) => measure(value) <= max,
    })
  }
  if (min !== undefined) {
    clauses.push({
      clause: `Member must have ${measured} greater than or equal to ${bound(min)}`,
      isKept: (value) => measure(value) >= min,
    })
  }
  if (pattern !== undefined) {
    clauses.push({
      clause: `Member must satisfy regular expression pattern: ${pattern.source}`,
      isKept: (value) => pattern.expression.test(String(value)),
    })
  }
  if (values !== undefined) {
    clauses.push({
      clause: `Member must satisfy enum value set: [${values.join(', ')}]`,
      isKept: (value) => values.includes(String(value)),
    })
  }
  return clauses
}

/** A double shows a fraction, as Java's do. */
function printed(shape: Shape, value: unknown): string {
  const text = String(value)
  return shape.kind === 'double' && Number.isInteger(value) ? `${text}.0` : text
}

/** Observed for a secret: https://github.com/trek10inc/serverless-secrets/issues/39 */
function tell(
  { isSecret, texts }: Breaches,
  {
    value,
    path,
    clause,
  }: { readonly value: string; readonly path: string; readonly clause: string },
): void {
  const what = isSecret ? 'Value' : `Value '${value}'`
  texts.push(`${what} at '${path}' failed to satisfy constraint: ${clause}`)
}
