import { frontEndError } from '../front-end-errors.ts'
import type { Operation, Shape, StructureShape } from '../operation-model.ts'
import { memberOf } from './json-values.ts'

/**
 * Refuses an input that breaks a constraint of the model: a required member missing, a value outside
 * its enum, pattern, length or range. All breaches are told at once, in the order of the model.
 *
 * A breach is named by where it is: `createStageInput.variables` in a body, the bare name of a member
 * that came in the path, the query or a header.
 *
 * @throws {ServiceError} ValidationException.
 *
 * Observed: enum, pattern and several at once (`updateMethodResponseInput.patchOperations.1.member.op`).
 * Chosen: null, length and range, and null among the values of a map, in the words that AWS's other
 * services use (docs/decisions/0005).
 */
export function checkConstraints(operation: Operation, input: object): void {
  const breaches: string[] = []
  const prefix = `${operation.name.charAt(0).toLowerCase()}${operation.name.slice(1)}Input`
  for (const member of operation.input.members) {
    const path = member.binding === 'body' ? `${prefix}.${member.wireName}` : member.name
    checkMember(member.shape, memberOf(input, member), path, member.required, breaches)
  }
  if (breaches.length === 0) return
  const count =
    breaches.length === 1 ? '1 validation error' : `${breaches.length} validation errors`
  throw frontEndError('ValidationException', `${count} detected: ${breaches.join('; ')}`)
}

function checkMember(
  shape: Shape,
  value: unknown,
  path: string,
  required: boolean,
  breaches: string[],
): void {
  if (value !== undefined && value !== null) checkValue(shape, value, path, breaches)
  else if (required) {
    breaches.push(`Value null at '${path}' failed to satisfy constraint: ${mustNotBeNull}`)
  }
}

function checkValue(shape: Shape, value: unknown, path: string, breaches: string[]): void {
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
        if (!isKept(value)) breaches.push(breach(String(value), path, clause))
      }
  }
}

function checkStructure(
  shape: StructureShape,
  value: object,
  path: string,
  breaches: string[],
): void {
  for (const member of shape.members) {
    const memberPath = `${path}.${member.wireName}`
    checkMember(member.shape, memberOf(value, member), memberPath, member.required, breaches)
  }
}

function checkList(
  element: Shape,
  items: readonly unknown[],
  path: string,
  breaches: string[],
): void {
  if (element.kind === 'structure' || element.kind === 'list' || element.kind === 'map') {
    for (const [index, item] of items.entries()) {
      checkMember(element, item, `${path}.${index + 1}.member`, true, breaches)
    }
    return
  }
  const failed = failedClauses(element, items, items.includes(null))
  if (failed.length === 0) return
  const constraint = `Member must satisfy constraint: [${failed.join(', ')}]`
  breaches.push(breach(`[${items.map(String).join(', ')}]`, path, constraint))
}

function checkMap(
  { value: shape, nullable }: Shape & { kind: 'map' },
  map: object,
  path: string,
  breaches: string[],
): void {
  const entries = Object.entries(map)
  if (shape.kind === 'structure' || shape.kind === 'list' || shape.kind === 'map') {
    for (const [key, item] of entries) {
      checkMember(shape, item, `${path}.${key}.member`, true, breaches)
    }
    return
  }
  const items = entries.map(([, item]: [string, unknown]) => item)
  const failed = failedClauses(shape, items, !nullable && items.includes(null))
  if (failed.length === 0) return
  const printed = entries.map(([key, item]) => `${key}=${String(item)}`).join(', ')
  breaches.push(
    breach(`{${printed}}`, path, `Map value must satisfy constraint: [${failed.join(', ')}]`),
  )
}

function failedClauses(shape: Shape, items: readonly unknown[], hasNull: boolean): string[] {
  const failed = clausesOf(shape).filter(({ isKept }) =>
    items.some((item) => item !== null && !isKept(item)),
  )
  return [...failed.map(({ clause }) => clause), ...(hasNull ? [mustNotBeNull] : [])]
}

const mustNotBeNull = 'Member must not be null'

interface Clause {
  readonly clause: string
  readonly isKept: (value: unknown) => boolean
}

function clausesOf(shape: Shape): Clause[] {
  if (!('constraint' in shape) || shape.constraint === undefined) return []
  const { enum: values, pattern, min, max } = shape.constraint
  const measured = shape.kind === 'string' ? 'length' : 'value'
  const measure = (value: unknown) => (typeof value === 'string' ? value.length : Number(value))
  const clauses: Clause[] = []
  if (max !== undefined) {
    clauses.push({
      clause: `Member must have ${measured} less than or equal to ${max}`,
      isKept: (value) => measure(value) <= max,
    })
  }
  if (min !== undefined) {
    clauses.push({
      clause: `Member must have ${measured} greater than or equal to ${min}`,
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

function breach(value: string, path: string, clause: string): string {
  return `Value '${value}' at '${path}' failed to satisfy constraint: ${clause}`
}
