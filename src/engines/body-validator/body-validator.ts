import { JsonDocumentError } from '../json-document/json-document-error.ts'
import { readJsonDocument } from '../json-document/read-json.ts'
import type { Value } from '../vtl/values.ts'
import { SchemaError } from './keywords.ts'
import { Run, ValidationStopped } from './run.ts'
import { SchemaCompiler } from './schema-compiler.ts'
import type { SchemaNode } from './schema-node.ts'

/** Looks at bodies for a model. */
export interface BodyValidator {
  /** Never throws. Time is bounded, whatever body and schema say: a second or two at worst. */
  validate(body: string): BodyVerdict
  /** The same within some milliseconds; undefined when it takes longer. */
  validateAtOnce(body: string): BodyVerdict | undefined
  /** What it was compiled of. */
  readonly sources: SchemaSources
}

/** The text of a schema, and those of others that its references mean. */
export interface SchemaSources {
  readonly schema: string
  readonly references: ReadonlyMap<string, string>
}

/** What looking at a body came to. */
export type BodyVerdict =
  | { readonly outcome: 'valid' }
  /** What the body has against the schema, in the words and the order of AWS's validator. */
  | { readonly outcome: 'invalid'; readonly messages: readonly string[] }
  /** The schema cannot say: it leads back to itself for this body. */
  | { readonly outcome: 'unusable'; readonly detail: string }

/** What compiling the schema of a model came to. */
export type CompiledBodyValidator =
  | { readonly outcome: 'compiled'; readonly validator: BodyValidator }
  | { readonly outcome: 'unusable'; readonly detail: string }

/** The text of the schema that a reference means, outside of the schema that it stands in. */
export type FindSchemaText = (reference: string) => string | undefined

/**
 * Compiles the schema of a model, JSON Schema draft-04, in steps of a few hundred places: whoever calls may
 * pause between any two.
 *
 * Nothing of it becomes code: every keyword is a closure over its value. Keywords that are unknown are
 * ignored, and so is `id`: a reference that begins with `#` means the schema that it stands in, any other
 * a model.
 *
 * Observed: cases/json-schema
 * Chosen: docs/decisions/0032-bodies-by-a-validator-of-our-own.md
 */
export function* compileBodyValidatorSteps(
  schema: string,
  find: FindSchemaText,
): Generator<void, CompiledBodyValidator, void> {
  try {
    const references = new Map<string, string>()
    const findAndNote: FindSchemaText = (reference) => {
      const text = find(reference)
      if (text !== undefined) references.set(reference, text)
      return text
    }
    const node = yield* new SchemaCompiler(findAndNote).compile(schema)
    const validator: BodyValidator = {
      validate: (body) => validateBody(node, body, false) ?? notFinished,
      validateAtOnce: (body) => validateBody(node, body, true),
      sources: Object.freeze({ schema, references }),
    }
    return Object.freeze({ outcome: 'compiled', validator: Object.freeze(validator) })
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    return Object.freeze({ outcome: 'unusable', detail: error.message })
  }
}

/** The same at once. */
export function compileBodyValidator(schema: string, find: FindSchemaText): CompiledBodyValidator {
  const steps = compileBodyValidatorSteps(schema, find)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

const valid: BodyVerdict = Object.freeze({ outcome: 'valid' })

/** What AWS says of a body that is empty or no JSON. Observed: cases/rest/validation/empty-body-is-refused */
const notReadable: BodyVerdict = Object.freeze({
  outcome: 'invalid',
  messages: Object.freeze(['Unknown error parsing request body']),
})

/** Chosen: what AWS does not show, since it has no such bound. */
const notFinished: BodyVerdict = Object.freeze({
  outcome: 'invalid',
  messages: Object.freeze(['The request body is too complex to be validated']),
})

/** Chosen: UTF-16 units of a body that is read at once: 10 milliseconds when the code is cold. */
const lengthAtOnceMax = 64_000

/** Undefined: it would take too long at once. */
function validateBody(node: SchemaNode, body: string, isAtOnce: boolean): BodyVerdict | undefined {
  if (isAtOnce && body.length > lengthAtOnceMax) return undefined
  const value = read(body)
  if (value === undefined) return notReadable
  try {
    if (new Run({ isOrdered: false, isAtOnce }).fits(node, value)) return valid
    const messages: string[] = []
    new Run({ isOrdered: true, isAtOnce }).look(node, value, messages)
    return { outcome: 'invalid', messages }
  } catch (error) {
    if (!(error instanceof ValidationStopped)) throw error
    if (error.reason === 'unfinished') return undefined
    return error.reason === 'limit' ? notFinished : { outcome: 'unusable', detail: error.message }
  }
}

function read(body: string): Value | undefined {
  try {
    return readJsonDocument(body)
  } catch (error) {
    if (error instanceof JsonDocumentError) return undefined
    throw error
  }
}
