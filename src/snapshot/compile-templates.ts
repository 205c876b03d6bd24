import { compileJsonPath } from '../engines/json-path/compile-json-path.ts'
import { findMockStatusCode } from '../engines/mock-status-code.ts'
import { compileMappingTemplateSteps, VtlError } from '../engines/vtl/index.ts'
import type { CompiledTemplate, CompiledTemplates } from './compiled-deployment.ts'
import { NotRun } from './not-run.ts'

/** Compiles the mapping templates of one integration or integration response. */
export type TemplatesCompiler = (
  templates: Templates | undefined,
  member: 'requestTemplates' | 'responseTemplates',
) => CompiledTemplates

type Templates = Readonly<Record<string, string | null>>

/** A compiler, and a way to compile long texts beforehand, step by step. */
export interface SteppedTemplatesCompiler {
  readonly compile: TemplatesCompiler
  /** Afterwards `compile` takes no time for these. Never throws: `compile` does. */
  prepare(templates: Templates): Generator<void, void, void>
}

/**
 * Compiles the mapping templates of one deployment, by media type; equal texts are compiled once. An empty
 * text is no template: the body passes, as with null.
 *
 * @throws {NotRun} for a text that is no template of VTL, with the place where it ceases to be one. On AWS a
 * request that meets such a template ends as 500; here each request of the method does, and the operator
 * reads of it at the deployment.
 * Chosen: docs/decisions/0030-content-and-templates-of-a-request.md
 */
export function createTemplatesCompiler(): SteppedTemplatesCompiler {
  const known = new Map<string, CompiledTemplate | VtlError>()
  function* compileOnce(text: string): Generator<void, CompiledTemplate | VtlError, void> {
    const before = known.get(text)
    if (before !== undefined) return before
    const compiled = yield* compileOrExplain(text)
    known.set(text, compiled)
    return compiled
  }
  const compileOrRefuse = (text: string | null, place: string): CompiledTemplate | null => {
    if (text === null || text === '') return null
    const compiled = finished(compileOnce(text))
    if (!(compiled instanceof VtlError)) return compiled
    const { line, column } = compiled.position
    throw new NotRun(`${place}: line ${line}, column ${column}: ${compiled.message}`)
  }
  return {
    compile(templates = {}, member) {
      const compiled = new Map<string, CompiledTemplate | null>()
      for (const [mediaType, text] of Object.entries(templates)) {
        compiled.set(mediaType.toLowerCase(), compileOrRefuse(text, `${member}, ${mediaType}`))
      }
      return compiled
    },
    *prepare(templates) {
      for (const text of Object.values(templates)) {
        if (text !== null && text.length > lengthAtOnceMax) yield* compileOnce(text)
      }
    },
  }
}

/** UTF-16 units of a template that is compiled at once: a millisecond or a few. */
const lengthAtOnceMax = 2000

function* compileOrExplain(text: string): Generator<void, CompiledTemplate | VtlError, void> {
  try {
    return yield* compileTemplate(text)
  } catch (error) {
    if (error instanceof VtlError) return error
    throw error
  }
}

function finished<Result>(steps: Generator<void, Result, void>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Without these two characters a text is nothing but itself. */
const beginsVelocity = /[$#]/
/** By what name a template asks for the body; a text that it makes and evaluates may hold any. */
const namesBody = /input|evaluate/

function* compileTemplate(text: string): Generator<void, CompiledTemplate, void> {
  if (!beginsVelocity.test(text)) {
    const rendered = text.trim()
    return Object.freeze({
      kind: 'constant',
      text: rendered,
      statusCode: findMockStatusCode(rendered),
    })
  }
  const template = yield* compileMappingTemplateSteps(text, { compileJsonPath })
  return Object.freeze({ kind: 'rendered', template, readsBody: namesBody.test(text) })
}
