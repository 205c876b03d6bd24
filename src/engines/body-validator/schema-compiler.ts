import { JsonDocumentError } from '../json-document/json-document-error.ts'
import { readJsonDocument } from '../json-document/read-json.ts'
import { schemaTextOf } from '../schema-text.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import type { FindSchemaText } from './body-validator.ts'
import { findFormat } from './formats.ts'
import { type JsonKind, memberOf, namesOf } from './json-instance.ts'
import { compileName, type KeywordPlace, keywords, SchemaError } from './keywords.ts'
import { ValidationStopped } from './run.ts'
import type { Check, ItemSchemas, MatchName, MemberSchemas, SchemaNode } from './schema-node.ts'

/** Chosen: places of the schemas of one model, references followed. */
const nodesMax = 100_000
/** Chosen: schemas right within one, which is compiled in one step. */
const childrenMax = 5_000
/** Chosen: instructions of all patterns of one model: what holds more memory makes the collector pause. */
const patternsSizeMax = 200_000
/** What is made between two steps: a millisecond or a few. */
const nodesPerStep = 50
const childrenPerStep = 200
const patternsPerStep = 3

/** A schema and a place in it. */
interface Place {
  readonly document: Document
  readonly value: JavaMap
  /** Pointer from the root of the document; with it, equal places are one. */
  readonly pointer: string
}

interface Document {
  /** Empty for the model's own. */
  readonly name: string
  readonly root: Value
  readonly nodes: Map<string, SchemaNode>
}

type Filled = { -readonly [member in keyof SchemaNode]: SchemaNode[member] }

const kinds: readonly JsonKind[] = [
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]
const none: readonly Check[] = Object.freeze([])

/** Compiles a schema with what it refers to. Once. */
export class SchemaCompiler {
  readonly #find: FindSchemaText
  readonly #documents = new Map<string, Document>()
  /** Nodes that are known by their place and not looked into yet. */
  readonly #waiting: [Filled, Place][] = []
  /** From a node to those that look at the same value. */
  readonly #sameValue = new Map<SchemaNode, Set<SchemaNode>>()
  readonly #matchers = new Map<string, MatchName>()
  #count = 0
  #patternsSize = 0

  constructor(find: FindSchemaText) {
    this.#find = find
  }

  /** @throws {SchemaError} */
  *compile(schema: string): Generator<void, SchemaNode, void> {
    const document = this.#open('', schema)
    const root = this.#nodeAt(document, '', document.root)
    let filled = 0
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      yield* this.#prepare(next[1])
      this.#fill(...next)
      filled += 1
      if (filled % nodesPerStep === 0) yield
    }
    this.#markLoops()
    return root
  }

  #open(name: string, text: string): Document {
    try {
      const root = readJsonDocument(schemaTextOf(text))
      const document = { name, root, nodes: new Map<string, SchemaNode>() }
      this.#documents.set(name, document)
      return document
    } catch (error) {
      if (!(error instanceof JsonDocumentError)) throw error
      throw new SchemaError(`the schema ${name} is no JSON: ${error.message}`)
    }
  }

  /** The node of a place, at the end of its references; one that ends nowhere is told when it is reached. */
  #nodeAt(document: Document, pointer: string, value: Value | undefined): SchemaNode {
    const place = this.#follow(document, pointer, value)
    if (typeof place === 'string') return brokenNode(place)
    const known = place.document.nodes.get(place.pointer)
    if (known !== undefined) return known
    if (++this.#count > nodesMax)
      throw new SchemaError(`the schema has more than ${nodesMax} places`)
    const node: Filled = {
      // Filled before the schema is run.
      checks: undefined as unknown as SchemaNode['checks'],
      format: undefined,
      members: undefined,
      items: undefined,
      mayLoop: false,
    }
    place.document.nodes.set(place.pointer, node)
    this.#waiting.push([node, place])
    return node
  }

  /** A text tells what keeps the references from ending. */
  #follow(document: Document, pointer: string, value: Value | undefined): Place | string {
    const seen = new Set<string>()
    let place = { document, pointer, value }
    for (;;) {
      if (!(place.value instanceof JavaMap)) {
        throw new SchemaError(`${place.document.name}#${place.pointer} is no schema`)
      }
      const reference = memberOf(place.value, '$ref')
      if (typeof reference !== 'string') return { ...place, value: place.value }
      const key = `${place.document.name}#${place.pointer}`
      if (seen.has(key)) return `the reference ${reference} leads back to itself`
      seen.add(key)
      const next = this.#resolve(place.document, reference)
      if (next === undefined) return `the reference ${reference} leads nowhere`
      place = next
    }
  }

  #resolve(
    from: Document,
    reference: string,
  ): { document: Document; pointer: string; value: Value } | undefined {
    const [name = '', fragment = ''] = reference.split('#', 2)
    const document = name === '' ? from : this.#findDocument(name)
    if (document === undefined || !(fragment === '' || fragment.startsWith('/'))) return undefined
    let value: Value | undefined = document.root
    let pointer = ''
    for (const segment of fragment.split('/').slice(1)) {
      const key = decoded(segment)
      pointer += `/${escaped(key)}`
      if (value instanceof JavaList)
        value = /^\d+$/.test(key) ? value.items[Number(key)] : undefined
      else value = memberOfAny(value, key)
    }
    return value === undefined ? undefined : { document, pointer, value }
  }

  #findDocument(name: string): Document | undefined {
    const known = this.#documents.get(name)
    if (known !== undefined) return known
    const text = this.#find(name)
    return text === undefined ? undefined : this.#open(name, text)
  }

  /** Makes what a place of many schemas or patterns needs, a few at a time. */
  *#prepare(place: Place): Generator<void, void, void> {
    const paths = childPaths(place.value)
    if (paths.length > childrenMax) {
      throw new SchemaError(`a schema has more than ${childrenMax} schemas in it`)
    }
    for (const [index, path] of paths.entries()) {
      this.#below(place, path)
      if (index % childrenPerStep === childrenPerStep - 1) yield
    }
    for (const [index, text] of patternsOf(place.value).entries()) {
      this.#matcher(text)
      if (index % patternsPerStep === patternsPerStep - 1) yield
    }
  }

  #below({ document, pointer, value: schema }: Place, path: readonly string[]): SchemaNode {
    let value: Value | undefined = schema
    for (const key of path) {
      value = value instanceof JavaList ? value.items[Number(key)] : memberOfAny(value, key)
    }
    return this.#nodeAt(document, pointer + path.map((key) => `/${escaped(key)}`).join(''), value)
  }

  #matcher(text: string): MatchName {
    const known = this.#matchers.get(text)
    if (known !== undefined) return known
    const { matches, size } = compileName(text)
    this.#patternsSize += size
    if (this.#patternsSize > patternsSizeMax) {
      throw new SchemaError(`the patterns of the schema have more than ${patternsSizeMax} parts`)
    }
    this.#matchers.set(text, matches)
    return matches
  }

  #fill(node: Filled, place: Place): void {
    const { value: schema } = place
    const below = (path: readonly string[]) => this.#below(place, path)
    const matcher = (text: string) => this.#matcher(text)
    const same = new Set<SchemaNode>()
    const within = (...path: readonly string[]) => {
      const inner = below(path)
      same.add(inner)
      return inner
    }
    node.checks = compileChecks({ schema, within, matcher })
    if (same.size > 0) this.#sameValue.set(node, same)
    const format = memberOf(schema, 'format')
    node.format = typeof format === 'string' ? findFormat(format) : undefined
    node.members = membersOf(schema, below, matcher)
    node.items = itemsOf(schema, below)
  }

  /** Nodes that lie on a way back to themselves along which the value stays the same. */
  #markLoops(): void {
    const components = stronglyConnected(this.#sameValue)
    for (const component of components) {
      const [only] = component
      const isLoop =
        component.length > 1 ||
        (only !== undefined && this.#sameValue.get(only)?.has(only) === true)
      if (isLoop) for (const node of component) node.mayLoop = true
    }
  }
}

/** A schema that cannot be found: whoever reaches it cannot go on. */
function brokenNode(detail: string): SchemaNode {
  const stop: Check = () => {
    throw new ValidationStopped('schema', detail)
  }
  const checks = Object.fromEntries(kinds.map((kind) => [kind, [stop]])) as unknown
  return {
    // Each kind is there.
    checks: checks as SchemaNode['checks'],
    format: undefined,
    members: undefined,
    items: undefined,
    mayLoop: false,
  }
}

type Below = (path: readonly string[]) => SchemaNode

function compileChecks(place: KeywordPlace): SchemaNode['checks'] {
  const { schema } = place
  const checks = new Map<JsonKind, Check[]>()
  for (const [name, keyword] of keywords) {
    const value = memberOf(schema, name)
    const check = value === undefined ? undefined : keyword.compile(value, place)
    if (check === undefined) continue
    for (const kind of keyword.kinds === 'any' ? kinds : keyword.kinds) {
      const known = checks.get(kind)
      if (known === undefined) checks.set(kind, [check])
      else known.push(check)
    }
  }
  const of = (kind: JsonKind) => checks.get(kind) ?? none
  return {
    array: of('array'),
    boolean: of('boolean'),
    integer: of('integer'),
    null: of('null'),
    number: of('number'),
    object: of('object'),
    string: of('string'),
  }
}

/** Where the schemas are that keywords have in lists or by names. */
function childPaths(schema: JavaMap): readonly (readonly string[])[] {
  const ofLists = ['allOf', 'anyOf', 'oneOf', 'items'].flatMap((keyword) => {
    const list = memberOf(schema, keyword)
    return list instanceof JavaList ? list.items.map((_, index) => [keyword, String(index)]) : []
  })
  const ofNames = ['properties', 'patternProperties'].flatMap((keyword) => {
    const members = memberOf(schema, keyword)
    return members instanceof JavaMap ? namesOf(members).map((name) => [keyword, name]) : []
  })
  return [...ofLists, ...ofNames]
}

function patternsOf(schema: JavaMap): readonly string[] {
  const patterns = memberOf(schema, 'patternProperties')
  const names = patterns instanceof JavaMap ? namesOf(patterns) : []
  const own = memberOf(schema, 'pattern')
  return typeof own === 'string' ? [...names, own] : names
}

function membersOf(
  schema: JavaMap,
  below: Below,
  matcher: KeywordPlace['matcher'],
): MemberSchemas | undefined {
  const properties = memberOf(schema, 'properties')
  const patterns = memberOf(schema, 'patternProperties')
  const others = memberOf(schema, 'additionalProperties')
  const names = properties instanceof JavaMap ? namesOf(properties) : []
  const texts = patterns instanceof JavaMap ? namesOf(patterns).toSorted() : []
  if (names.length === 0 && texts.length === 0 && !(others instanceof JavaMap)) return undefined
  return {
    byName: new Map(names.map((name) => [name, below(['properties', name])])),
    byPattern: texts.map((text) => [matcher(text), below(['patternProperties', text])] as const),
    others: others instanceof JavaMap ? below(['additionalProperties']) : undefined,
  }
}

function itemsOf(schema: JavaMap, below: Below): ItemSchemas | undefined {
  const items = memberOf(schema, 'items')
  const hasOthers = memberOf(schema, 'additionalItems') instanceof JavaMap
  if (items !== undefined && !(items instanceof JavaList))
    return { first: [], others: below(['items']) }
  // Without `items`, too, as AWS's validator has it; draft-04 would ignore it.
  const others = hasOthers ? below(['additionalItems']) : undefined
  if (items === undefined && others === undefined) return undefined
  return { first: items?.items.map((_, index) => below(['items', String(index)])) ?? [], others }
}

function memberOfAny(value: Value | undefined, name: string): Value | undefined {
  return value instanceof JavaMap ? memberOf(value, name) : undefined
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function decoded(segment: string): string {
  const unescape = (text: string) => text.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return unescape(decodeURIComponent(segment))
  } catch {
    return unescape(segment)
  }
}

/** Tarjan's, without recursion: the nodes of which each leads to each other. */
function stronglyConnected(
  edges: ReadonlyMap<SchemaNode, ReadonlySet<SchemaNode>>,
): SchemaNode[][] {
  const order = new Map<SchemaNode, number>()
  const low = new Map<SchemaNode, number>()
  const open: SchemaNode[] = []
  const isOpen = new Set<SchemaNode>()
  const components: SchemaNode[][] = []
  const begin = (node: SchemaNode) => {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    open.push(node)
    isOpen.add(node)
    return { node, next: (edges.get(node) ?? new Set<SchemaNode>()).values() }
  }
  const lower = (node: SchemaNode, to: number) => low.set(node, Math.min(low.get(node) ?? to, to))
  for (const start of edges.keys()) {
    if (order.has(start)) continue
    const path = [begin(start)]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value: to } = top.next.next()
      if (done !== true) {
        if (!order.has(to)) path.push(begin(to))
        else if (isOpen.has(to)) lower(top.node, order.get(to) ?? 0)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) lower(parent.node, low.get(top.node) ?? 0)
      if (low.get(top.node) !== order.get(top.node)) continue
      const component = open.splice(open.lastIndexOf(top.node))
      for (const node of component) isOpen.delete(node)
      components.push(component)
    }
  }
  return components
}
