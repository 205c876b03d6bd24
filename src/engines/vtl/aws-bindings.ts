import type { JsonObject, JsonValue } from '../../base/json.ts'
import { JsonDocumentError } from '../json-document/json-document-error.ts'
import { readJsonDocument } from '../json-document/read-json.ts'
import { readPayload } from '../json-document/read-payload.ts'
import { writeJsonDocument } from '../json-document/write-json.ts'
import { type JsonPath, pathStepsMax } from '../json-path/compile-json-path.ts'
import { StepBudget } from '../json-path/reading.ts'
import { ContextMap } from './aws-context.ts'
import type { Budget } from './budget.ts'
import {
  base64Decode,
  base64Encode,
  escapeJavaScript,
  urlDecode,
  urlEncode,
} from './text-encodings.ts'
import { fromJson, HostObject, type HostMethod, JavaMap, type Value } from './values.ts'
import { textOf } from './value-text.ts'
import { TemplateFailure } from './vtl-error.ts'

/** Compiles a JSONPath; throws for what is none. */
export type CompileJsonPath = (path: string) => Pick<JsonPath, 'read'>

type Texts = Readonly<Record<string, string>>

/** What a mapping template is rendered with. */
export interface MappingInput {
  /** The payload as it came. */
  readonly body: string
  /** `$input.params()`: single values. */
  readonly params: { readonly path: Texts; readonly querystring: Texts; readonly header: Texts }
  /** `$context` without the overrides. */
  readonly context: JsonObject
  /** A member of `context`, for whoever does not want to make all of it; absent: `context` is looked at. */
  readonly contextVariable?: (name: string) => JsonValue | undefined
  readonly stageVariables: Texts
  /** Overrides that an earlier template of the same request left. */
  readonly overrides?: Overrides | undefined
}

/** What templates set besides their output, as they left it: nothing is checked. */
export interface Overrides {
  readonly requestOverride: JsonValue
  readonly responseOverride: JsonValue
}

/** The names that a mapping template knows, and what it left in them. */
export interface AwsBindings {
  /** Each is made when the template asks for it. */
  readonly names: ReadonlyMap<string, Value>
  /** After rendering; undefined: nothing was set, now or before. */
  overrides(): Overrides | undefined
}

/**
 * `$input`, `$util`, `$context` and `$stageVariables`.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function awsBindings(input: MappingInput, compileJsonPath: CompileJsonPath): AwsBindings {
  let context: ContextMap | undefined
  const names = new LazyNames((name) => {
    switch (name) {
      case 'input':
        return inputObject(input, compileJsonPath)
      case 'util':
        return textFunctions
      case 'context':
        return (context ??= new ContextMap(input))
      case 'stageVariables':
        return fromJson(input.stageVariables)
      default:
        return undefined
    }
  })
  return {
    names,
    overrides: () => (context === undefined ? input.overrides : context.overrides()),
  }
}

class LazyNames extends Map<string, Value> {
  readonly #make: (name: string) => Value | undefined

  constructor(make: (name: string) => Value | undefined) {
    super()
    this.#make = make
  }

  override get(name: string): Value | undefined {
    if (!super.has(name)) {
      const made = this.#make(name)
      if (made === undefined) return undefined
      super.set(name, made)
    }
    return super.get(name)
  }
}

function inputObject(input: MappingInput, compileJsonPath: CompileJsonPath): HostObject {
  // Observed: an empty payload is an empty object.
  const body = input.body === '' ? '{}' : input.body
  let parsed: { readonly document: Value } | undefined
  const read = (path: string, budget: Budget): Value | undefined => {
    // A path that asks for many places looks through the payload.
    budget.spend(/\.\.|\*|\?/.test(path) ? 10 + Math.ceil(body.length / 100) : 10)
    if (parsed === undefined) budget.work(body.length >> 2)
    // Slower than JSON is read: what would take too long at once is read elsewhere.
    const beforeLenient = () => budget.work(body.length)
    parsed ??= { document: parse(() => readPayload(body, beforeLenient), 'request body') }
    return readPath(compileJsonPath, { path, document: parsed.document }, budget)
  }
  return new HostObject('$input', {
    properties: new Map([['body', () => body]]),
    methods: new Map<string, HostMethod>([
      [
        'json',
        ([path], budget) => {
          if (typeof path !== 'string') return undefined
          const found = read(path, budget)
          const text = found === undefined ? '""' : jsonOf(found, budget)
          // Writing takes time in proportion. What is written may change: a template can put members.
          budget.checkLength(text.length)
          budget.spend(Math.ceil(text.length / 50))
          budget.work(text.length >> 3)
          return text
        },
      ],
      [
        'path',
        ([path], budget) => {
          if (typeof path !== 'string') return undefined
          return read(path, budget) ?? null
        },
      ],
      ['params', (given, budget) => params(input, given, budget)],
      ['getBody', () => body],
    ]),
  })
}

function readPath(
  compileJsonPath: CompileJsonPath,
  { path, document }: { readonly path: string; readonly document: Value },
  budget: Budget,
): Value | undefined {
  budget.work(path.length * 2)
  const stepsMax = budget.isAtOnce ? Math.min(pathStepsMax, budget.stepsLeft) : pathStepsMax
  const steps = new StepBudget(stepsMax)
  const read = compiled(compileJsonPath, path).read(document, steps)
  budget.work(stepsMax - steps.left)
  if (read.outcome === 'found') return read.value
  if (read.outcome === 'not-found') return undefined
  throw new TemplateFailure('runtime', `$input: the JSONPath ${path} failed: ${read.detail}`)
}

function compiled(compileJsonPath: CompileJsonPath, path: string): Pick<JsonPath, 'read'> {
  try {
    return compileJsonPath(path)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new TemplateFailure('runtime', `$input: the JSONPath ${path} failed: ${detail}`)
  }
}

/** UTF-16 units of JSON that are written at once: what is read at once is shorter. */
const jsonAtOnceMax = 300_000

function jsonOf(value: Value, { limits, isAtOnce }: Budget): string {
  try {
    return writeJsonDocument(value, isAtOnce ? jsonAtOnceMax : limits.outputLengthMax)
  } catch {
    if (isAtOnce) throw new TemplateFailure('unfinished', 'there is too much to write at once')
    throw new TemplateFailure('limit', 'a value is nested too deep, or too large')
  }
}

function parse(read: () => Value, what: string): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof JsonDocumentError)) throw error
    throw new TemplateFailure('runtime', `Could not parse ${what} into json: ${error.message}`)
  }
}

/** Looked for in the path, then in the query string, then in the headers. */
function params(
  { params: given }: MappingInput,
  [name, ...more]: readonly Value[],
  budget: Budget,
): Value | undefined {
  if (name === undefined) {
    return new JavaMap(
      new Map<string, Value>([
        ['path', fromJson(given.path)],
        ['querystring', fromJson(given.querystring)],
        ['header', fromJson(given.header)],
      ]),
    )
  }
  if (typeof name !== 'string' || more.length > 0) return undefined
  return (
    ownText(given.path, name) ??
    ownText(given.querystring, name) ??
    headerIn(given.header, name, budget)
  )
}

function ownText(texts: Texts, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined
}

/** The field of exactly that name comes before one that is written otherwise. */
function headerIn(headers: Texts, name: string, budget: Budget): string {
  const own = ownText(headers, name)
  if (own !== undefined) return own
  const lower = name.toLowerCase()
  const names = Object.keys(headers)
  budget.spend(names.length >> 1)
  const found = names.find((header) => header.toLowerCase() === lower)
  return (found === undefined ? undefined : headers[found]) ?? ''
}

/** A method of a text; what is no text counts as what it prints, and nothing stays nothing. */
function ofText(convert: (text: string) => Value): HostMethod {
  return (parameters: readonly Value[], budget: Budget) => {
    const [given] = parameters
    if (given === undefined || parameters.length !== 1) return undefined
    const text = textOf(given, budget)
    if (text === null) return null
    budget.checkLength(text.length * 2)
    budget.spend(Math.ceil(text.length / 50))
    budget.work(20 + (text.length >> 1))
    return convert(text)
  }
}

const textFunctions = new HostObject('$util', {
  methods: new Map<string, HostMethod>([
    ['escapeJavaScript', ofText(escapeJavaScript)],
    [
      'parseJson',
      ofText((text) => parse(() => readJsonDocument(text), 'the text of $util.parseJson')),
    ],
    ['urlEncode', ofText(urlEncode)],
    ['urlDecode', ofText(urlDecode)],
    ['base64Encode', ofText(base64Encode)],
    ['base64Decode', ofText(base64Decode)],
  ]),
})
