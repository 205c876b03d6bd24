import { compileJsonPath } from '../engines/json-path/compile-json-path.ts'
import { findMockStatusCode } from '../engines/mock-status-code.ts'
import { compileMappingTemplate, VtlError } from '../engines/vtl/index.ts'
import type { CompiledTemplate, CompiledTemplates } from './compiled-deployment.ts'
import { NotRun } from './not-run.ts'
import { shareEqual } from './share-equal.ts'

/** Compiles the mapping templates of one integration or integration response. */
export type TemplatesCompiler = (
  templates: Readonly<Record<string, string | null>> | undefined,
  member: 'requestTemplates' | 'responseTemplates',
) => CompiledTemplates

/**
 * Compiles the mapping templates of one deployment, by media type; equal texts are compiled once. An empty
 * text is no template: the body passes, as with null.
 *
 * @throws {NotRun} for a text that is no template of VTL, with the place where it ceases to be one. On AWS a
 * request that meets such a template ends as 500; here each request of the method does, and the operator
 * reads of it at the deployment.
 * Chosen: docs/decisions/0030-content-and-templates-of-a-request.md
 */
export function createTemplatesCompiler(): TemplatesCompiler {
  const compileOne = shareEqual(compileTemplate)
  return (templates = {}, member) => {
    const compiled = new Map<string, CompiledTemplate | null>()
    for (const [mediaType, text] of Object.entries(templates)) {
      compiled.set(mediaType.toLowerCase(), compileOrRefuse(text, `${member}, ${mediaType}`))
    }
    return compiled
  }

  function compileOrRefuse(text: string | null, place: string): CompiledTemplate | null {
    if (text === null || text === '') return null
    try {
      return compileOne(text)
    } catch (error) {
      if (!(error instanceof VtlError)) throw error
      const { line, column } = error.position
      throw new NotRun(`${place}: line ${line}, column ${column}: ${error.message}`)
    }
  }
}

/** Without these two characters a text is nothing but itself. */
const beginsVelocity = /[$#]/
/** By what name a template asks for the body; a text that it makes and evaluates may hold any. */
const namesBody = /input|evaluate/

function compileTemplate(text: string): CompiledTemplate {
  if (!beginsVelocity.test(text)) {
    const rendered = text.trim()
    return Object.freeze({
      kind: 'constant',
      text: rendered,
      statusCode: findMockStatusCode(rendered),
    })
  }
  const template = compileMappingTemplate(text, { compileJsonPath })
  return Object.freeze({ kind: 'rendered', template, readsBody: namesBody.test(text) })
}
