import { findMockStatusCode } from '../engines/mock-status-code.ts'
import { NotRun } from './not-run.ts'

/** Media type in lower case (`$default` too) → text; null passes the body through. */
export type CompiledTemplates = ReadonlyMap<string, string | null>

/**
 * Mapping templates by media type. In this version a template is a constant: what it renders is its own
 * text, without the blanks around it, which API Gateway drops from what a template renders.
 *
 * @throws {NotRun} for a template with a reference (`$input…`) or a directive (`#set…`) of VTL.
 */
export function compileTemplates(
  templates: Readonly<Record<string, string | null>> = {},
  member: 'requestTemplates' | 'responseTemplates',
): CompiledTemplates {
  const compiled = new Map<string, string | null>()
  for (const [mediaType, template] of Object.entries(templates)) {
    if (template !== null && usesVelocity(template)) {
      throw new NotRun(`mapping templates with VTL are not rendered yet (${member}, ${mediaType})`)
    }
    compiled.set(mediaType.toLowerCase(), template === null ? null : template.trim())
  }
  return compiled
}

/** For each text that a request template of a MOCK integration renders, the status that it names. */
export function statusCodesOf(
  templates: CompiledTemplates,
): ReadonlyMap<string, number | undefined> {
  const statusCodes = new Map<string, number | undefined>()
  for (const text of templates.values()) {
    if (text !== null) statusCodes.set(text, findMockStatusCode(text))
  }
  return statusCodes
}

const reference = /\$[!{\\]*[a-z_]|\$[!{]/i
const directive =
  /#(?:[#*@]|\[\[|\{[a-z]|[a-z_]\w*\s*\(|(?:set|if|else|end|foreach|include|parse|macro|stop|break|evaluate|define)\b)/

/**
 * True when VTL may render the text as something else: behind a `$` or `#` stands what can begin a reference,
 * a directive or a comment. `$5`, `C# 5` and `#fff` are text.
 */
function usesVelocity(template: string): boolean {
  return reference.test(template) || directive.test(template)
}
