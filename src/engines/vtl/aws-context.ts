import { isJsonObject, type JsonValue } from '../../base/json.ts'
import type { MappingInput, Overrides } from './aws-bindings.ts'
import { toJson } from './json-values.ts'
import { fromJson, JavaMap, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

const emptyOverrides: Overrides = Object.freeze({
  requestOverride: Object.freeze({
    header: Object.freeze({}),
    path: Object.freeze({}),
    querystring: Object.freeze({}),
  }),
  responseOverride: Object.freeze({ header: Object.freeze({}) }),
})

/**
 * `$context`: the variables of the request, and what templates set for it. A variable is made when the
 * template asks for it by its name, all of them when it asks for more.
 */
export class ContextMap extends JavaMap {
  readonly #input: MappingInput
  readonly #made = new Map<string, Value>()
  #looksAtOverrides = false
  #isWhole = false

  constructor(input: MappingInput) {
    super()
    this.#input = input
  }

  /** What the template left, or what was there before when it did not look. */
  overrides(): Overrides | undefined {
    if (!this.#looksAtOverrides) return this.#input.overrides
    const requestOverride = toJson(this.named('requestOverride'))
    return { requestOverride, responseOverride: toJson(this.named('responseOverride')) }
  }

  override get values(): JavaMap['values'] {
    const values = super.values
    if (this.#isWhole) return values
    this.#isWhole = true
    for (const [name, member] of Object.entries(this.#input.context)) {
      if (member !== undefined) values.set(name, this.#made.get(name) ?? fromJson(member))
    }
    for (const name of overrideNames) values.set(name, this.#override(name))
    return values
  }

  override named(name: string): Value {
    if (this.#isWhole) return super.named(name)
    const known = this.#made.get(name)
    if (known !== undefined) return known
    if (name === 'requestOverride' || name === 'responseOverride') return this.#override(name)
    const made = fromJson(this.#variable(name) ?? null)
    this.#made.set(name, made)
    return made
  }

  #variable(name: string): JsonValue | undefined {
    const { contextVariable } = this.#input
    if (contextVariable !== undefined) return contextVariable(name)
    const { context } = this.#input
    return Object.hasOwn(context, name) ? context[name] : undefined
  }

  #override(name: keyof Overrides): Value {
    this.#looksAtOverrides = true
    const made =
      this.#made.get(name) ?? overrideMap((this.#input.overrides ?? emptyOverrides)[name])
    this.#made.set(name, made)
    return made
  }
}

const overrideNames = ['requestOverride', 'responseOverride'] as const

/** Of an override, whatever a template set before is there, and may be set anew once. */
function overrideMap(json: JsonValue, kind = ''): Value {
  if (!isJsonObject(json)) return fromJson(json)
  const members = Object.entries(json).map(
    ([name, member]) => [name, overrideMap(member ?? null, name)] as const,
  )
  return new OverrideMap(new Map(members), kind === 'header')
}

/**
 * What a template sets once: the second time is an error.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
class OverrideMap extends JavaMap {
  readonly #set = new Set<Value>()
  readonly #ignoresCase: boolean

  constructor(values: Map<string, Value>, ignoresCase: boolean) {
    super(values)
    this.#ignoresCase = ignoresCase
  }

  override set(key: Value, value: Value): void {
    if (value !== null) {
      const name = this.#ignoresCase && typeof key === 'string' ? key.toLowerCase() : key
      if (this.#set.has(name)) {
        const text = typeof key === 'string' ? key : 'a parameter'
        throw new TemplateFailure('runtime', `${text} is overridden a second time`)
      }
      this.#set.add(name)
    }
    super.set(key, value)
  }
}
