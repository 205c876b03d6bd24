import { readFile } from 'node:fs/promises'
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { compileJsonPath } from '../engines/json-path/compile-json-path.ts'
import {
  compileMappingTemplate,
  type MappingInput,
  type Overrides,
  type TemplatePosition,
  VtlError,
} from '../engines/vtl/index.ts'

/** What a rendering came to. */
export type RenderedVtl =
  | {
      readonly outcome: 'rendered'
      /** Without the blanks around it, as an endpoint or a client gets it. */
      readonly output: string
      readonly overrides: Overrides | undefined
    }
  /** `report` ends in a line feed. */
  | { readonly outcome: 'failed'; readonly report: string }

/** The event is none. The message is for whoever wrote it. */
export class VtlEventError extends Error {
  override readonly name = 'VtlEventError'
}

/**
 * Renders a mapping template as a request would, from texts. `event`: JSON with any of `body` (a text, or a
 * value that stands for its JSON), `params` (`path`, `querystring`, `header`), `context` and
 * `stageVariables`. `name` stands in front of the place of an error.
 *
 * @throws {VtlEventError}
 */
export function renderVtl(template: string, event: string, name: string): RenderedVtl {
  const input = inputOf(event)
  try {
    const compiled = compileMappingTemplate(template, { compileJsonPath })
    const { output, overrides } = compiled.render(input)
    return { outcome: 'rendered', output: output.trim(), overrides }
  } catch (error) {
    if (!(error instanceof VtlError)) throw error
    return { outcome: 'failed', report: reportOf(error, template, name) }
  }
}

/** Files of `vtl render`. */
export interface VtlRenderFiles {
  readonly template: string
  /** Undefined: the event is `{}`. */
  readonly event: string | undefined
}

/** Where a command prints. */
export interface Printers {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/**
 * `stagedoor vtl render`: prints the output; overrides that the template set go to standard error. Resolves
 * to the exit code: 0 rendered, 1 the template failed, 2 a file or the event is no such thing.
 */
export async function runVtlRender(
  files: VtlRenderFiles,
  { stdout, stderr }: Printers = process,
): Promise<number> {
  try {
    const template = await readText('--template', files.template)
    const event = files.event === undefined ? '{}' : await readText('--event', files.event)
    const rendered = renderVtl(template, event, files.template)
    if (rendered.outcome === 'failed') {
      stderr.write(rendered.report)
      return 1
    }
    stdout.write(`${rendered.output}\n`)
    stderr.write(overridesText(rendered.overrides))
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    stderr.write(`stagedoor: ${error.message}\n`)
    return 2
  }
}

function readText(flag: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${flag} ${path} cannot be read: ${reason}`, { cause: error })
  })
}

const members = ['body', 'params', 'context', 'stageVariables']
const parameterMembers = ['path', 'querystring', 'header']

function inputOf(text: string): MappingInput {
  const event = objectOf(parse(text), 'the event')
  refuseUnknown(event, members, 'the event')
  const params = objectOf(event['params'] ?? {}, 'params')
  refuseUnknown(params, parameterMembers, 'params')
  const { body = '' } = event
  return {
    body: typeof body === 'string' ? body : JSON.stringify(body),
    params: {
      path: textsOf(params['path'], 'params.path'),
      querystring: textsOf(params['querystring'], 'params.querystring'),
      header: textsOf(params['header'], 'params.header'),
    },
    context: objectOf(event['context'] ?? {}, 'context'),
    stageVariables: textsOf(event['stageVariables'], 'stageVariables'),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new VtlEventError(`the event is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function objectOf(value: unknown, name: string): JsonObject {
  if (isJsonObject(value)) return value
  throw new VtlEventError(`${name}: expected an object`)
}

function refuseUnknown(object: JsonObject, known: readonly string[], name: string): void {
  for (const member of Object.keys(object)) {
    if (known.includes(member)) continue
    throw new VtlEventError(`${name} has no member ${member}; there are ${known.join(', ')}`)
  }
}

function textsOf(value: JsonValue | undefined, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value ?? {}, name)).map(([member, text]) => {
    if (typeof text === 'string') return [member, text] as const
    throw new VtlEventError(`${name}.${member}: expected a text`)
  })
  return Object.fromEntries(entries)
}

/** The place, what is wrong, and the line with a caret under the column. */
function reportOf({ message, position }: VtlError, template: string, name: string): string {
  const { line, column } = position
  return `${name}:${line}:${column}: ${message}\n${excerpt(template, position)}`
}

function excerpt(template: string, { line, column }: TemplatePosition): string {
  const text = template.split(/\r\n|\r|\n/)[line - 1] ?? ''
  const margin = `${line} | `
  // A tab is as wide above the caret as it is in front of it.
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return `${margin}${text}\n${' '.repeat(margin.length - 2)}| ${before}^\n`
}

/** Empty: none were set. */
function overridesText(overrides: Overrides | undefined): string {
  const set = Object.entries(overrides ?? {}).filter(([, value]) => holdsSomething(value))
  return set.map(([name, value]) => `$context.${name}: ${JSON.stringify(value)}\n`).join('')
}

function holdsSomething(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined
  return Object.values(value).some(holdsSomething)
}
