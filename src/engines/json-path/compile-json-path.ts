import type { DocumentNode } from './document.ts'
import { TemplateFailure } from '../vtl/vtl-error.ts'
import { evaluatePath } from './evaluate-path.ts'
import { parsePath } from './parse-path.ts'
import {
  PathFailed,
  PathNotApplicable,
  PathNotFound,
  PathStepsExceeded,
  StepBudget,
} from './reading.ts'

/** What a path came to. */
export type PathOutcome =
  | { readonly outcome: 'found'; readonly value: DocumentNode }
  /** What a definite path names is not there. */
  | { readonly outcome: 'not-found' }
  /** A step cannot be applied to what it meets, or the path takes too many steps. */
  | { readonly outcome: 'failed'; readonly detail: string }

/** A compiled path. */
export interface JsonPath {
  /** As written. */
  readonly text: string
  /** It finds one value or none; otherwise what it finds is a list, maybe an empty one. */
  readonly isDefinite: boolean
  /** Never throws. `budget`: what it may take; below zero afterwards: that was too little. */
  read(document: DocumentNode, budget?: StepBudget): PathOutcome
}

/** Values that a path may visit and compare in one document. Chosen: some 50 ms at worst. */
export const pathStepsMax = 400_000

/**
 * Compiles a path in the language of Jayway JsonPath, of which API Gateway's `$input.path()`, `$input.json()`
 * and body mappings speak.
 *
 * @throws {JsonPathSyntaxError}
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html,
 * https://github.com/json-path/JsonPath
 */
export function compileJsonPath(text: string): JsonPath {
  const path = parsePath(text)
  return Object.freeze({
    text,
    isDefinite: path.isDefinite,
    read(document: DocumentNode, budget = new StepBudget(pathStepsMax)): PathOutcome {
      const reading = { document, budget, requiresMembers: false, readInner: evaluatePath }
      try {
        return { outcome: 'found', value: evaluatePath(path, document, reading) }
      } catch (error) {
        if (error instanceof PathNotFound) return { outcome: 'not-found' }
        if (isFailure(error)) return { outcome: 'failed', detail: error.message }
        throw error
      }
    },
  })
}

function isFailure(error: unknown): error is Error {
  return (
    error instanceof PathNotApplicable ||
    error instanceof PathFailed ||
    error instanceof PathStepsExceeded ||
    // What is too large to be compared.
    error instanceof TemplateFailure
  )
}
