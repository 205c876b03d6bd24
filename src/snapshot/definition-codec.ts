import type { DefinitionHash } from '../aws/identifiers.ts'
import { sha256Hex } from '../aws/sha256.ts'
import { canonicalJson, isJsonObject, type JsonValue } from '../base/json.ts'
import type { ApiDefinition, ModelDefinition, ResourceDefinition } from './definition.ts'

/** The members of a definition that its first line holds. */
export type ApiHead = Omit<ApiDefinition, 'models' | 'resources'>

/** One line of an encoded definition. */
export type DefinitionLine =
  | { readonly kind: 'api'; readonly head: ApiHead }
  | { readonly kind: 'model'; readonly name: string; readonly model: ModelDefinition }
  | { readonly kind: 'resource'; readonly resource: ResourceDefinition }

/** The bytes are not a definition that this version reads. */
export class DefinitionFormatError extends Error {
  override readonly name = 'DefinitionFormatError'
}

const format = 1

/**
 * The stored form of a definition: lines of canonical JSON in UTF-8, so that equal definitions have equal
 * bytes and so that a reader can pause between any two lines.
 *
 * The first line is the API without models and resources; then `["model",name,model]` for each model in
 * order of name; then `["resource",resource]` for each resource in order of path. Each line ends in a
 * line feed.
 */
export function encodeDefinition(definition: ApiDefinition): Uint8Array {
  const { models, resources, ...head } = definition
  const values = [
    head,
    ...Object.entries(models)
      .toSorted(([a], [b]) => compareCodeUnits(a, b))
      .map(([name, model]) => ['model', name, model]),
    ...resources
      .toSorted((a, b) => compareCodeUnits(a.path, b.path))
      .map((resource) => ['resource', resource]),
  ]
  // A definition is JSON by its own type, which has no index signature to say so.
  const lines = values.map((value) => `${canonicalJson(value as unknown as JsonValue)}\n`)
  return new TextEncoder().encode(lines.join(''))
}

/** Names the encoded definition: equal definitions have equal hashes. */
export function hashDefinition(bytes: Uint8Array): DefinitionHash {
  // This function is what makes hashes of definitions.
  return sha256Hex(bytes) as DefinitionHash
}

/** @throws {DefinitionFormatError} when the bytes are no definition, or one of another format. */
export function decodeDefinition(bytes: Uint8Array): ApiDefinition {
  let head: ApiHead | undefined
  const models: [string, ModelDefinition][] = []
  const resources: ResourceDefinition[] = []
  for (const line of definitionLines(bytes)) {
    if (line.kind === 'api') head = line.head
    else if (line.kind === 'model') models.push([line.name, line.model])
    else resources.push(line.resource)
  }
  if (head === undefined) throw new DefinitionFormatError('definition is empty')
  return { ...head, models: Object.fromEntries(models), resources }
}

/**
 * The lines of an encoded definition, one at a time: the API first. Nothing is read ahead.
 *
 * The members of a line are not looked into: what stored the bytes wrote them with `encodeDefinition`.
 *
 * @throws {DefinitionFormatError} when the bytes are no definition, or one of another format.
 */
export function* definitionLines(bytes: Uint8Array): IterableIterator<DefinitionLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(lineFeed, at)
    number++
    if (end === -1) throw new DefinitionFormatError(`definition line ${number} is cut off`)
    const value = parseLine(decoder, bytes.subarray(at, end), number)
    yield number === 1 ? headLine(value) : contentLine(value, number)
    at = end + 1
  }
}

const lineFeed = 0x0a

function parseLine(decoder: TextDecoder, line: Uint8Array, number: number): unknown {
  try {
    return JSON.parse(decoder.decode(line))
  } catch (error) {
    throw new DefinitionFormatError(`definition line ${number} is not JSON`, { cause: error })
  }
}

function headLine(value: unknown): DefinitionLine {
  if (!isJsonObject(value)) throw new DefinitionFormatError('definition line 1 is no API')
  if (value['format'] !== format) {
    const found = JSON.stringify(value['format'])
    throw new DefinitionFormatError(`definition has format ${found}; this version reads ${format}`)
  }
  // The format says that `encodeDefinition` wrote the line.
  return { kind: 'api', head: value as unknown as ApiHead }
}

function contentLine(value: unknown, number: number): DefinitionLine {
  if (Array.isArray(value)) {
    const [kind, ...rest]: unknown[] = value
    const [first, second] = rest
    // As above: a line of this kind holds this.
    if (kind === 'resource') return { kind, resource: first as ResourceDefinition }
    if (kind === 'model') {
      return { kind, name: String(first), model: second as ModelDefinition }
    }
  }
  throw new DefinitionFormatError(`definition line ${number} is neither model nor resource`)
}

function compareCodeUnits(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
