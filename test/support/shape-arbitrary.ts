import fc from 'fast-check'
import type { Member, Shape, StructureShape } from '../../src/aws/operation-model.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })

/** Values that a shape allows and that survive JSON: what a client could send or a handler answer. */
export function valueOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.constraint === undefined ? text : constrainedText(shape)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer()
    case 'long':
      return fc.maxSafeInteger()
    case 'timestamp':
      return fc.integer({ min: 0, max: 4_000_000_000 })
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 20 })
    case 'list':
      return fc.array(valueOf(shape.element), { minLength: 1, maxLength: 3 })
    case 'map':
      return fc.dictionary(mapKey, valueOf(shape.value), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      })
    case 'structure':
      return structureOf(shape)
  }
}

/** Keys that no member of an operation is called, as a query map shares the query with them. */
const mapKey = fc.string({ unit: 'grapheme', maxLength: 8 }).map((key) => `k${key}`)

function constrainedText({ constraint }: Shape & { kind: 'string' }): fc.Arbitrary<string> {
  if (constraint?.enum !== undefined) return fc.constantFrom(...constraint.enum)
  // The model's only patterns are those of a status code.
  return fc.integer({ min: 100, max: 599 }).map(String)
}

/** A structure with its required members and some of the others. */
export function structureOf(shape: StructureShape): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.fromEntries(shape.members.map((member) => [member.name, memberOf(member)]))
  const requiredKeys = shape.members
    .filter(({ required, binding }) => required || binding === 'payload')
    .map(({ name }) => name)
  return fc.record(model, { requiredKeys }).map((value) => ({ ...value }))
}

function memberOf({ binding, shape }: Member): fc.Arbitrary<unknown> {
  if (shape.kind === 'string' && shape.constraint === undefined) {
    if (binding === 'label') return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    if (binding === 'header') return fc.stringMatching(/^[!-~]{1,12}$/)
  }
  return valueOf(shape)
}
