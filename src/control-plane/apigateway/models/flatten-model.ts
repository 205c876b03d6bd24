import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts'
import { modelNameOf } from './model-references.ts'

/** Finds the schema of a model by its name. Undefined: there is no such model. */
export type FindSchema = (name: string) => JsonObject | undefined

/**
 * A schema with every model that it refers to, directly or through others, among its `definitions`, so
 * that it refers to nothing outside. A model that holds itself is kept once and referred to.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetModel.html (flatten)
 * Chosen: docs/decisions/0010-models-validators-and-gateway-responses.md (where the models are put)
 */
export function flattenSchema(
  schema: JsonObject,
  { restApiId, find }: { readonly restApiId: string; readonly find: FindSchema },
): JsonObject {
  const own = isJsonObject(schema['definitions']) ? schema['definitions'] : {}
  const places = new Map<string, string>()
  const definitions: Record<string, JsonValue> = {}
  const waiting: string[] = []
  const placeOf = (name: string): string => {
    const known = places.get(name)
    if (known !== undefined) return known
    let place = name
    while (Object.hasOwn(own, place)) place += 'Model'
    places.set(name, place)
    waiting.push(name)
    return place
  }
  const moved = (value: JsonValue, root: string): JsonValue =>
    withReferences(value, (reference) => {
      const name = modelNameOf(reference, restApiId)
      if (name !== undefined) return `#/definitions/${placeOf(name)}`
      return reference.startsWith('#') ? `${root}${reference.slice(1)}` : reference
    })
  const flat = moved(schema, '#')
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const place = placeOf(name)
    const found = find(name)
    if (found !== undefined) definitions[place] = moved(found, `#/definitions/${place}`)
  }
  if (!isJsonObject(flat) || places.size === 0) return schema
  const kept = isJsonObject(flat['definitions']) ? flat['definitions'] : {}
  return { ...flat, definitions: { ...kept, ...definitions } }
}

/** Recursion is safe: a stored schema has 64 levels at most. */
function withReferences(value: JsonValue, map: (reference: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withReferences(item, map))
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => [
    name,
    name === '$ref' && typeof member === 'string'
      ? map(member)
      : withReferences(member ?? null, map),
  ])
  return Object.fromEntries(members)
}
