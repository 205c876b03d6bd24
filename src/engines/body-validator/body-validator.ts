import { JsonDocumentError } from '../json-document/json-document-error.ts'
import { readJsonDocument } from '../json-document/read-json.ts'
import type { Value } from '../vtl/values.ts'
import { SchemaError } from './keywords.ts'
import { Run, ValidationStopped } from './run.ts'
import { SchemaCompiler } from './schema-compiler.ts'
import type { SchemaNode } from './schema-node.ts'

/** Looks at bodies for a model. */
export interface BodyValidator {
  /** Never throws. Time is bounded, whatever body and schema say. */
  validate(body: string): BodyVerdict
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
    const node = yield* new SchemaCompiler(find).compile(schema)
    const validate = (body: string) => validateBody(node, body)
    return Object.freeze({ outcome: 'compiled', validator: Object.freeze({ validate }) })
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

function validateBody(node: SchemaNode, body: string): BodyVerdict {
  const value = read(body)
  if (value === undefined) return notReadable
  try {
    if (new Run(false).fits(node, value)) return valid
    const messages: string[] = []
    new Run(true).look(node, value, messages)
    return { outcome: 'invalid', messages }
  } catch (error) {
    if (!(error instanceof ValidationStopped)) throw error
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
