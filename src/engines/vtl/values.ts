import type { JsonObject, JsonValue } from '../../base/json.ts'
import type { Budget } from './budget.ts'
import {
  isNumber,
  JavaBigDecimal,
  JavaBigInteger,
  JavaDouble,
  JavaLong,
  jsonNumber,
} from './java-number.ts'
import { TemplateFailure } from './vtl-error.ts'

/**
 * What templates work with: values of this engine's own, so that nothing of JavaScript can be reached
 * through them. A number of JavaScript is an `Integer`.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | JavaLong
  | JavaBigInteger
  | JavaDouble
  | JavaBigDecimal
  | JavaChar
  | JavaList
  | JavaMap
  | JavaEntry
  | JavaIterator
  | LoopScope
  | HostObject
  | DefinedBlock

/** A `Character`: one UTF-16 unit. */
export class JavaChar {
  readonly unit: string

  constructor(unit: string) {
    this.unit = unit
  }
}

/**
 * What a list is: `list` may change; `fixed` is what a map shows of its keys and the like; `array` what
 * Java has for arrays; `json` came out of a JSON text, and AWS prints it as such.
 */
export type ListKind = 'list' | 'fixed' | 'array' | 'json'

/** The value of a JSON value: objects become maps, arrays lists of a kind. What is not looked at costs nothing. */
export function fromJson(json: JsonValue, listKind: ListKind = 'list'): Value {
  if (typeof json === 'number') return jsonNumber(json)
  if (json === null || typeof json !== 'object') return json
  if (isJsonArray(json)) return new JavaList([], listKind, { json })
  return new JavaMap(undefined, json, listKind)
}

function isJsonArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json)
}

/** What a collection shows of a map. */
export interface MapView {
  readonly map: JavaMap
  readonly shows: 'keys' | 'values' | 'entries'
}

/** A `List`, a collection that shows something of a map as it is, or an array. */
export class JavaList {
  readonly kind: ListKind
  readonly view: MapView | undefined
  #items: Value[]
  /** What the items will be made of when they are asked for. */
  #json: readonly JsonValue[] | undefined
  #changes = 0

  constructor(
    items: Value[],
    kind: ListKind = 'list',
    source?: MapView | { readonly json: readonly JsonValue[] },
  ) {
    this.#items = items
    this.kind = kind
    this.view = source !== undefined && 'map' in source ? source : undefined
    this.#json = source !== undefined && 'json' in source ? source.json : undefined
  }

  get items(): Value[] {
    if (this.view !== undefined) return shownOf(this.view)
    if (this.#json !== undefined) {
      const { kind } = this
      this.#items = this.#json.map((item) => fromJson(item, kind))
      this.#json = undefined
    }
    return this.#items
  }

  /** Counts what was added and taken away, so that a loop over it notices. */
  get changes(): number {
    return this.view === undefined ? this.#changes : this.view.map.changes
  }

  noteChange(): void {
    this.#changes += 1
  }
}

function shownOf({ map, shows }: MapView): Value[] {
  if (shows === 'values') return [...map.values.values()]
  const keys = map.keys()
  return shows === 'keys' ? keys : keys.map((key) => new JavaEntry(map, key))
}

/** Blocks, loops and the like are only equal to themselves. */
type Key = null | boolean | number | string | object

/** A `LinkedHashMap`. */
export class JavaMap {
  #values: Map<Key, Value> | undefined
  /** What the members will be made of when more than a text of them is asked for. */
  #json: JsonObject | undefined
  /** Lists and maps that were made of it already. */
  #made: Map<string, Value> | undefined
  readonly #listKind: ListKind
  #objects: Map<Key, Value> | undefined
  changes = 0

  constructor(values?: Map<Key, Value>, json?: JsonObject, listKind: ListKind = 'list') {
    this.#values = values
    this.#json = json
    this.#listKind = listKind
  }

  /** By keys of JavaScript; those of values that are objects are texts, see `keyOf`. */
  get values(): Map<Key, Value> {
    return this.#values ?? this.#read()
  }

  #read(): Map<Key, Value> {
    const values = new Map<Key, Value>()
    this.#values = values
    for (const [name, member] of Object.entries(this.#json ?? {})) {
      if (member === undefined) continue
      values.set(keyOf(name), this.#made?.get(name) ?? fromJson(member, this.#listKind))
    }
    this.#json = undefined
    this.#made = undefined
    return values
  }

  /** What is there under a name as identifiers are: null also for nothing. */
  named(name: string): Value {
    const json = this.#json
    if (json !== undefined) {
      // Nothing that every object inherits is a text, a number or a truth.
      const member = json[name]
      if (typeof member === 'string') return member
      return this.#madeOf(json, name, member)
    }
    return this.values.get(name) ?? null
  }

  #madeOf(json: JsonObject, name: string, member: JsonValue | undefined): Value {
    if (typeof member === 'string' || typeof member === 'boolean') return member
    if (typeof member === 'number') return jsonNumber(member)
    if (member === null || member === undefined || !Object.hasOwn(json, name)) return null
    return this.#make(name, member)
  }

  /** An object within is the same each time. */
  #make(name: string, member: JsonValue): Value {
    this.#made ??= new Map()
    const made = this.#made.get(name) ?? fromJson(member, this.#listKind)
    this.#made.set(name, made)
    return made
  }

  /** Null also where there is nothing. */
  get(key: Value): Value {
    return this.values.get(keyOf(key)) ?? null
  }

  has(key: Value): boolean {
    return this.values.has(keyOf(key))
  }

  set(key: Value, value: Value): void {
    const place = keyOf(key)
    if (place !== key) {
      this.#objects ??= new Map()
      if (!this.#objects.has(place)) this.#objects.set(place, key)
    }
    if (!this.values.has(place)) this.changes += 1
    this.values.set(place, value)
  }

  delete(key: Value): void {
    const place = keyOf(key)
    if (this.values.delete(place)) this.changes += 1
    this.#objects?.delete(place)
  }

  clear(): void {
    this.values.clear()
    this.#objects = undefined
    this.changes += 1
  }

  /** The values by the places of their keys, as `Map.Entry` has them: a key that was changed since is still there. */
  entries(): [key: Value, value: Value][] {
    const objects = this.#objects
    return Array.from(this.values, ([place, value]) => [
      objects?.get(place) ?? valueOfKey(place),
      value,
    ])
  }

  keys(): Value[] {
    return this.entries().map(([key]) => key)
  }
}

/** A key that is its own place: only values of templates become keys. */
function valueOfKey(key: Key): Value {
  return key as Value
}

/** Values that are equal have equal places. Texts that begin as those of objects are moved out of the way. */
function keyOf(key: Value): Key {
  if (typeof key === 'string') return key.startsWith('\0') ? `\0${key}` : key
  if (key === null || typeof key === 'number' || typeof key === 'boolean') return key
  if (!hasContent(key)) return key
  return `\0:${placeText(key, 0, { members: keyMembersMax, characters: keyCharactersMax })}`
}

/** Whether two values of the same content are equal. */
function hasContent(key: Value): boolean {
  if (key instanceof JavaList) return key.kind !== 'array'
  return isNumber(key) || key instanceof JavaChar || key instanceof JavaMap
}

const keyDepthMax = 20
/** Members of a list or map that is a key, those within them too. */
export const keyMembersMax = 1000

/** Characters of the place of a key. A map's place holds those of its own keys, and they those of theirs. */
const keyCharactersMax = 1_048_576

interface KeyRoom {
  members: number
  characters: number
}

function placeText(key: Value, depth: number, left: KeyRoom): string {
  if (depth > keyDepthMax) throw new TemplateFailure('limit', 'a key is nested too deep')
  const text = innerPlaceText(key, depth, left)
  left.members -= 1
  left.characters -= text.length
  if (left.members < 0 || left.characters < 0) {
    throw new TemplateFailure('limit', 'a key is too large')
  }
  return text
}

function innerPlaceText(key: Value, depth: number, left: KeyRoom): string {
  if (key instanceof JavaLong) return `long ${key.value}`
  if (key instanceof JavaBigInteger) return `whole ${key.value}`
  if (key instanceof JavaDouble) return `double ${Object.is(key.value, -0) ? '-0' : key.value}`
  if (key instanceof JavaBigDecimal) return `decimal ${key.unscaled} ${key.scale}`
  if (key instanceof JavaChar) return `char ${key.unit}`
  if (key instanceof JavaList) {
    return `[${key.items.map((item) => delimited(placeText(item, depth + 1, left))).join('')}]`
  }
  if (key instanceof JavaMap) {
    // By the places that its keys have: to find them anew would double the work with each map within.
    const pairs = Array.from(key.values, ([place, value]) =>
      delimited(textOfPlace(place, left)).concat(delimited(placeText(value, depth + 1, left))),
    )
    return `map ${pairs.toSorted().map(delimited).join('')}`
  }
  if (typeof key === 'object' && key !== null) return 'object'
  return JSON.stringify(key)
}

function textOfPlace(place: Key, left: KeyRoom): string {
  const isObject = typeof place === 'object' && place !== null
  const text = typeof place === 'string' ? `text ${place}` : isObject ? 'object' : String(place)
  left.members -= 1
  left.characters -= text.length
  return text
}

/** A text that ends where its length says, whatever is in it. */
function delimited(text: string): string {
  return `${text.length}:${text}`
}

/** A `Map.Entry`. */
export class JavaEntry {
  readonly map: JavaMap
  readonly key: Value

  constructor(map: JavaMap, key: Value) {
    this.map = map
    this.key = key
  }
}

/** An `Iterator`: goes on where it was left. */
export class JavaIterator {
  readonly items: readonly Value[]
  next = 0
  readonly #isChanged: () => boolean
  /** What is at a place by now, where that may be another value than `items` has. */
  readonly #current: ((place: number) => Value) | undefined

  constructor(
    items: readonly Value[],
    isChanged: () => boolean,
    current?: (place: number) => Value,
  ) {
    this.items = items
    this.#isChanged = isChanged
    this.#current = current
  }

  /** Whether what it goes over was changed. */
  isChanged(): boolean {
    return this.#isChanged()
  }

  hasNext(): boolean {
    return this.next < this.items.length
  }

  /** Undefined behind the last, and when what it goes over was changed. */
  take(): Value | undefined {
    if (this.#isChanged() || !this.hasNext()) return undefined
    const item =
      this.#current === undefined ? (this.items[this.next] ?? null) : this.#current(this.next)
    this.next += 1
    return item
  }
}

/** `$foreach`: where a loop is, and a map for the template's own use. */
export class LoopScope {
  index = -1
  hasNext = false
  readonly parent: LoopScope | undefined
  /** What the name stood for outside of any loop. */
  readonly replaced: Value
  #storage: JavaMap | undefined

  /** The directive that this is a loop of. */
  readonly owner: object

  constructor(before: Value, owner: object) {
    this.owner = owner
    this.parent = before instanceof LoopScope ? before : undefined
    this.replaced = before instanceof LoopScope ? null : before
  }

  get storage(): JavaMap {
    this.#storage ??= new JavaMap()
    return this.#storage
  }

  /** What the template put here, or around. */
  get(key: Value): Value {
    const own = this.storage.get(key)
    if (own === null && this.parent !== undefined && !this.storage.has(key)) {
      return this.parent.get(key)
    }
    return own
  }

  outerReplaced(): Value {
    if (this.replaced === null && this.parent !== undefined) return this.parent.outerReplaced()
    return this.replaced
  }

  topmost(): LoopScope {
    return this.parent === undefined ? this : this.parent.topmost()
  }
}

/** What `#define` gives a name: renders when it is printed. */
export class DefinedBlock {
  depth = 0
  /** Its text where it is used as a value; null when it is within itself too often. */
  readonly text: () => string | null
  /** Renders where it is printed; false when it is within itself too often. */
  readonly render: (place: object) => boolean

  constructor(text: () => string | null, render: (place: object) => boolean) {
    this.text = text
    this.render = render
  }
}

/** A method of the host's: undefined says that it has none for these arguments. */
export type HostMethod = (parameters: readonly Value[], budget: Budget) => Value | undefined

/** Something of the host's, as `$input`: only what these two maps hold can be reached. */
export class HostObject {
  readonly name: string
  readonly methods: ReadonlyMap<string, HostMethod>
  readonly properties: ReadonlyMap<string, () => Value>

  constructor(
    name: string,
    members: {
      readonly methods?: ReadonlyMap<string, HostMethod>
      readonly properties?: ReadonlyMap<string, () => Value>
    },
  ) {
    this.name = name
    this.methods = members.methods ?? new Map()
    this.properties = members.properties ?? new Map()
  }
}

/** Classes as far as templates can tell them apart. */
export function className(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'java.lang.String'
  if (typeof value === 'boolean') return 'java.lang.Boolean'
  if (typeof value === 'number') return 'java.lang.Integer'
  if (value instanceof JavaLong) return 'java.lang.Long'
  if (value instanceof JavaDouble) return 'java.lang.Double'
  if (value instanceof JavaBigInteger) return 'java.math.BigInteger'
  if (value instanceof JavaBigDecimal) return 'java.math.BigDecimal'
  if (value instanceof JavaChar) return 'java.lang.Character'
  if (value instanceof JavaList)
    return value.kind === 'array' ? 'Object[]' : `java.util.${value.kind}`
  if (value instanceof JavaMap) return 'java.util.LinkedHashMap'
  if (value instanceof JavaEntry) return 'java.util.Map.Entry'
  if (value instanceof LoopScope) return 'ForeachScope'
  return value instanceof HostObject ? value.name : 'Object'
}

/** Comparisons of members that `equals` may make. */
export const comparisonsMax = 100_000

/**
 * `equals`: only values of the same class are.
 *
 * @throws {TemplateFailure} when there is too much to compare, or it is nested too deep.
 */
export function areEqual(
  left: Value,
  right: Value,
  budget = { left: comparisonsMax },
  depth = 0,
): boolean {
  budget.left -= 1
  if (budget.left < 0 || depth > 500)
    throw new TemplateFailure('limit', 'there is too much to compare')
  if (left === right) return true
  if (left === null || right === null) return false
  if (isNumber(left) && isNumber(right)) return areSameNumbers(left, right)
  if (left instanceof JavaChar && right instanceof JavaChar) return left.unit === right.unit
  if (left instanceof JavaList && right instanceof JavaList) {
    if (left.kind === 'array' || right.kind === 'array') return false
    if (left.items.length !== right.items.length) return false
    return left.items.every((item, i) => areEqual(item, right.items[i] ?? null, budget, depth + 1))
  }
  if (left instanceof JavaMap && right instanceof JavaMap) {
    if (left.values.size !== right.values.size) return false
    return left
      .entries()
      .every(([key, one]) => right.has(key) && areEqual(one, right.get(key), budget, depth + 1))
  }
  if (left instanceof JavaEntry && right instanceof JavaEntry) {
    const values = [left.map.get(left.key), right.map.get(right.key)] as const
    return (
      areEqual(left.key, right.key, budget, depth + 1) && areEqual(...values, budget, depth + 1)
    )
  }
  return false
}

function areSameNumbers(left: Value, right: Value): boolean {
  if (left instanceof JavaDouble && right instanceof JavaDouble)
    return Object.is(left.value, right.value)
  if (left instanceof JavaLong && right instanceof JavaLong) return left.value === right.value
  if (left instanceof JavaBigInteger && right instanceof JavaBigInteger)
    return left.value === right.value
  return (
    left instanceof JavaBigDecimal &&
    right instanceof JavaBigDecimal &&
    left.unscaled === right.unscaled &&
    left.scale === right.scale
  )
}
