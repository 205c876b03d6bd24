import { payloadBytesMax } from '../aws/limits.ts'
import type { HeaderFields } from '../base/header-fields.ts'
import type { JsonValue } from '../base/json.ts'
import {
  type MappingInput,
  type MappingTemplate,
  type Overrides,
  type RenderedMapping,
  VtlError,
} from '../engines/vtl/index.ts'
import type { Call } from './call.ts'
import { contextMember, contextObject } from './context-variables.ts'
import { GatewayError } from './gateway-error.ts'
import { longTaskOutcome } from './long-task-outcome.ts'
import { methodRequestFields } from './method-request-fields.ts'
import { parseQuery } from './query-string.ts'

/** What a mapping template made of a request or of an answer. */
export interface RenderedTemplate {
  /** Without the blanks around it. */
  readonly text: string
  /** Undefined: no template set anything. */
  readonly overrides: Overrides | undefined
}

/** What a template is rendered for. */
export interface TemplateSubject {
  readonly direction: 'request' | 'response'
  /** Empty also for a template that cannot ask for it. */
  readonly body: string
  /** What an earlier template of the request set. */
  readonly overrides: Overrides | undefined
}

/**
 * Renders a mapping template for a request, on its way there or back. A promise only when it takes longer than
 * the event loop may be held.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the template fails or hits a bound; the operator reads
 * where.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * Observed: cases/rest/templates
 */
export function renderTemplate(
  call: Call,
  template: MappingTemplate,
  subject: TemplateSubject,
): RenderedTemplate | Promise<RenderedTemplate> {
  const input = new TemplateInput(call, subject)
  try {
    const rendered = template.renderAtOnce(input)
    return rendered === undefined
      ? renderElsewhere(call, template, subject, input)
      : finished(rendered, subject)
  } catch (error) {
    if (!(error instanceof VtlError)) throw error
    return refuse(error, subject)
  }
}

async function renderElsewhere(
  call: Call,
  { text: template }: MappingTemplate,
  subject: TemplateSubject,
  { body, params, context, stageVariables, overrides }: TemplateInput,
): Promise<RenderedTemplate> {
  const { path, querystring, header } = params
  const input = {
    body,
    params: { path, querystring, header },
    context,
    stageVariables,
    overrides,
  }
  const outcome = await longTaskOutcome(call.longTasks.run({ kind: 'render', template, input }))
  if (outcome.outcome === 'rendered') return finished(outcome, subject)
  return refuse(new VtlError(outcome.kind, outcome.message, outcome.position), subject)
}

function finished(
  { output, overrides }: RenderedMapping,
  subject: TemplateSubject,
): RenderedTemplate {
  const text = output.trim()
  refuseOversized(text, subject)
  return { text, overrides }
}

function refuse(error: VtlError, { direction }: TemplateSubject): never {
  const { line, column } = error.position
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail:
      `Execution failed due to configuration error: Unable to transform ${direction}: ` +
      `line ${line}, column ${column} of the template: ${error.message}`,
    cause: error,
  })
}

/** No payload is longer than 10 MB; a unit of a text is three bytes at most. */
function refuseOversized(text: string, { direction }: TemplateSubject): void {
  if (text.length * 3 <= payloadBytesMax) return
  if (new TextEncoder().encode(text).length <= payloadBytesMax) return
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Execution failed due to configuration error: Unable to transform ${direction}: the template makes more than ${payloadBytesMax} bytes`,
  })
}

/** The content is bytes, which no template reads. */
export function refuseBinaryTemplate(direction: TemplateSubject['direction']): never {
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail:
      `Execution failed due to configuration error: Unable to transform ${direction}: the content is ` +
      'binary; contentHandling CONVERT_TO_TEXT makes it a text that a template can read',
  })
}

/** Nothing is computed before the template asks for it. */
class TemplateInput implements MappingInput {
  readonly body: string
  readonly overrides?: Overrides
  readonly #call: Call
  #params: TemplateParameters | undefined

  constructor(call: Call, { body, overrides }: TemplateSubject) {
    this.#call = call
    this.body = body
    if (overrides !== undefined) this.overrides = overrides
  }

  get params(): MappingInput['params'] {
    return (this.#params ??= new TemplateParameters(this.#call))
  }

  get context(): MappingInput['context'] {
    return contextObject(this.#call)
  }

  readonly contextVariable = (name: string): JsonValue | undefined =>
    contextMember(this.#call, name)

  get stageVariables(): MappingInput['stageVariables'] {
    return this.#call.variant.variables
  }
}

type Parameters = MappingInput['params']

class TemplateParameters implements Parameters {
  readonly #call: Call
  #querystring: Parameters['querystring'] | undefined
  #header: Parameters['header'] | undefined

  constructor(call: Call) {
    this.#call = call
  }

  get path(): Parameters['path'] {
    return Object.fromEntries(this.#call.route?.pathParameters ?? [])
  }

  get querystring(): Parameters['querystring'] {
    return (this.#querystring ??= lastOfEach(this.#call.incoming.rawQuery))
  }

  get header(): Parameters['header'] {
    return (this.#header ??= lastFields(methodRequestFields(this.#call)))
  }
}

function lastOfEach(rawQuery: string): Readonly<Record<string, string>> {
  const last = new Map<string, string>()
  for (const [name, values] of parseQuery(rawQuery)) last.set(name, values.at(-1) ?? '')
  return Object.fromEntries(last)
}

function lastFields(fields: HeaderFields): Readonly<Record<string, string>> {
  const last = new Map<string, string>()
  for (let i = 0; i < fields.length; i += 2) last.set(fields[i] ?? '', fields[i + 1] ?? '')
  return Object.fromEntries(last)
}
