import type { Budget } from './budget.ts'
import { hashWithin } from './hash.ts'
import { intAt, type MethodTable, methodTable, valueAt } from './method-table.ts'
import { areEqualWithin } from './operators.ts'
import { textOf } from './value-text.ts'
import {
  areEqual,
  type JavaEntry,
  JavaIterator,
  JavaList,
  JavaMap,
  type MapView,
  type LoopScope,
  type Value,
} from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

function failed(what: string): never {
  throw new TemplateFailure('runtime', what)
}

function checkIndex(list: JavaList, place: number, end: number): number {
  if (place < 0 || place >= end) {
    failed(`IndexOutOfBoundsException: index ${place}, size ${list.items.length}`)
  }
  return place
}

function indexOf(list: JavaList, searched: Value, budget: Budget): number {
  // Comparing takes time in proportion.
  budget.spend(list.items.length >> 2)
  return list.items.findIndex((item) => isSame(item, searched, budget))
}

function lastIndexOf(list: JavaList, searched: Value, budget: Budget): number {
  budget.spend(list.items.length >> 2)
  return list.items.findLastIndex((item) => isSame(item, searched, budget))
}

/** What is no list or map is compared in a moment. */
function isSame(item: Value, searched: Value, budget: Budget): boolean {
  if (typeof item !== 'object' || item === null) return areEqual(item, searched)
  return areEqualWithin(item, searched, budget)
}

function changeable(list: JavaList): JavaList {
  if (list.kind === 'fixed' || list.kind === 'array') failed('UnsupportedOperationException')
  list.noteChange()
  return list
}

function insert(list: JavaList, place: number, items: readonly Value[], budget: Budget): boolean {
  budget.checkMembers(list.items.length + items.length, items.length)
  // What stands behind is moved.
  budget.spend((list.items.length - place) >> 8)
  changeable(list).items.splice(place, 0, ...items)
  return items.length > 0
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value instanceof JavaList ? value.items : failed('NullPointerException')
}

function keepWhere(list: JavaList, keeps: (item: Value) => boolean, budget: Budget): boolean {
  budget.spend(list.items.length)
  const kept = list.items.filter(keeps)
  const isChanged = kept.length < list.items.length
  if (isChanged) changeable(list).items.splice(0, list.items.length, ...kept)
  return isChanged
}

function removeAt(list: JavaList, place: number, budget: Budget): Value {
  budget.spend(list.items.length >> 8)
  const [removed] = changeable(list).items.splice(checkIndex(list, place, list.items.length), 1)
  return removed ?? null
}

/** Goes over a list; fails when it is changed meanwhile. */
export function iteratorOf(list: JavaList, budget: Budget): JavaIterator {
  const { changes } = list
  if (list.view !== undefined) budget.spend(list.view.map.values.size >> 1)
  if (list.view?.shows === 'values') return valuesOf(list.view.map)
  return new JavaIterator(list.items, () => list.changes !== changes)
}

/** Goes over the values of a map, each as it is when it is come to; fails when keys come or go meanwhile. */
export function valuesOf(map: JavaMap): JavaIterator {
  const { changes, values } = map
  const keys = [...values.keys()]
  const current = (place: number) => values.get(keys[place] ?? null) ?? null
  return new JavaIterator([...values.values()], () => map.changes !== changes, current)
}

/** What every collection has. */
const common: Parameters<typeof methodTable<JavaList>>[0] = [
  ['size', [], (list) => list.items.length],
  ['isEmpty', [], (list) => list.items.length === 0],
  ['contains', ['any'], (list, given, budget) => indexOf(list, valueAt(given, 0), budget) >= 0],
  [
    'containsAll',
    ['list'],
    (list, [all], budget) => {
      const searched = itemsOf(all)
      budget.spend(searched.length * Math.ceil(list.items.length / 10))
      return searched.every((item) => indexOf(list, item, budget) >= 0)
    },
  ],
  ['toString', [], (list, _, budget) => textOf(list, budget)],
  ['equals', ['any'], (list, given, budget) => areEqualWithin(list, valueAt(given, 0), budget)],
  ['hashCode', [], (list, _, budget) => hashWithin(list, budget)],
  ['iterator', [], (list, _, budget) => iteratorOf(list, budget)],
  [
    'toArray',
    [],
    (list, _, budget) => {
      budget.spend(list.items.length >> 3)
      return new JavaList([...list.items], 'array')
    },
  ],
]

/** Collections that show something of a map. */
export const fixedMethods: MethodTable<JavaList> = methodTable<JavaList>([
  ...common,
  ['add', ['any'], unsupported],
  ['addAll', ['list'], unsupported],
  ['remove', ['any'], (list, given, budget) => removeShown(list, valueAt(given, 0), budget)],
  [
    'clear',
    [],
    (list) => {
      list.view?.map.clear()
      return ''
    },
  ],
])

/** `ArrayList`. */
export const listMethods: MethodTable<JavaList> = methodTable<JavaList>([
  ...common,
  [
    'get',
    ['int'],
    (list, given) => list.items[checkIndex(list, intAt(given, 0), list.items.length)] ?? null,
  ],
  [
    'set',
    ['int', 'any'],
    (list, given) => {
      const place = checkIndex(list, intAt(given, 0), list.items.length)
      const before = list.items[place] ?? null
      list.items[place] = valueAt(given, 1)
      return before
    },
  ],
  ['add', ['any'], (list, given, budget) => insert(list, list.items.length, given, budget)],
  [
    'add',
    ['int', 'any'],
    (list, given, budget) => {
      const place = checkIndex(list, intAt(given, 0), list.items.length + 1)
      insert(list, place, [valueAt(given, 1)], budget)
      return ''
    },
  ],
  [
    'addAll',
    ['list'],
    (list, [all], budget) => insert(list, list.items.length, itemsOf(all), budget),
  ],
  [
    'addAll',
    ['int', 'list'],
    (list, [place, all], budget) => {
      const at = checkIndex(list, intAt([place ?? null], 0), list.items.length + 1)
      return insert(list, at, itemsOf(all), budget)
    },
  ],
  ['remove', ['int'], (list, given, budget) => removeAt(list, intAt(given, 0), budget)],
  [
    'remove',
    ['any'],
    (list, given, budget) => {
      const place = indexOf(list, valueAt(given, 0), budget)
      if (place >= 0) removeAt(list, place, budget)
      return place >= 0
    },
  ],
  [
    'removeAll',
    ['list'],
    (list, [all], budget) => {
      const removed = new JavaList([...itemsOf(all)])
      return keepWhere(list, (item) => indexOf(removed, item, budget) < 0, budget)
    },
  ],
  [
    'retainAll',
    ['list'],
    (list, [all], budget) => {
      const kept = new JavaList([...itemsOf(all)])
      return keepWhere(list, (item) => indexOf(kept, item, budget) >= 0, budget)
    },
  ],
  [
    'clear',
    [],
    (list) => {
      changeable(list).items.length = 0
      return ''
    },
  ],
  ['indexOf', ['any'], (list, given, budget) => indexOf(list, valueAt(given, 0), budget)],
  ['lastIndexOf', ['any'], (list, given, budget) => lastIndexOf(list, valueAt(given, 0), budget)],
  [
    'subList',
    ['int', 'int'],
    (list, given, budget) => {
      const [begin, end] = [intAt(given, 0), intAt(given, 1)]
      if (begin < 0 || end > list.items.length || begin > end) failed('IndexOutOfBoundsException')
      budget.checkMembers(end - begin)
      return new JavaList(list.items.slice(begin, end), list.kind)
    },
  ],
])

function viewOf(map: JavaMap, shows: MapView['shows']): JavaList {
  return new JavaList([], 'fixed', { map, shows })
}

/** What is taken out of what shows a map is taken out of the map. */
function removeShown(list: JavaList, member: Value, budget: Budget): boolean {
  const place = indexOf(list, member, budget)
  const { view } = list
  if (place < 0 || view === undefined) return false
  view.map.delete(view.map.keys()[place] ?? null)
  return true
}

function unsupported(): never {
  return failed('UnsupportedOperationException')
}

function put(map: JavaMap, key: Value, value: Value, budget: Budget): Value {
  const before = map.get(key)
  map.set(key, value)
  budget.checkMembers(map.values.size, 1)
  return before
}

function putAll(map: JavaMap, other: Value | undefined, budget: Budget): string {
  if (!(other instanceof JavaMap)) return failed('NullPointerException')
  budget.checkMembers(map.values.size + other.values.size, other.values.size << 1)
  for (const key of other.keys()) map.set(key, other.get(key))
  return ''
}

/** `LinkedHashMap`. */
export const mapMethods: MethodTable<JavaMap> = methodTable<JavaMap>([
  ['size', [], (map) => map.values.size],
  ['isEmpty', [], (map) => map.values.size === 0],
  ['get', ['any'], (map, given) => map.get(valueAt(given, 0))],
  [
    'getOrDefault',
    ['any', 'any'],
    (map, given) => (map.has(valueAt(given, 0)) ? map.get(valueAt(given, 0)) : valueAt(given, 1)),
  ],
  ['containsKey', ['any'], (map, given) => map.has(valueAt(given, 0))],
  [
    'containsValue',
    ['any'],
    (map, given, budget) => {
      budget.spend(map.values.size >> 2)
      return [...map.values.values()].some((one) => isSame(one, valueAt(given, 0), budget))
    },
  ],
  [
    'put',
    ['any', 'any'],
    (map, given, budget) => put(map, valueAt(given, 0), valueAt(given, 1), budget),
  ],
  [
    'putIfAbsent',
    ['any', 'any'],
    (map, given, budget) => {
      const before = map.get(valueAt(given, 0))
      return before ?? put(map, valueAt(given, 0), valueAt(given, 1), budget)
    },
  ],
  ['putAll', ['map'], (map, [other], budget) => putAll(map, other, budget)],
  [
    'remove',
    ['any'],
    (map, given) => {
      const before = map.get(valueAt(given, 0))
      map.delete(valueAt(given, 0))
      return before
    },
  ],
  [
    'clear',
    [],
    (map) => {
      map.clear()
      return ''
    },
  ],
  ['keySet', [], (map) => viewOf(map, 'keys')],
  ['values', [], (map) => viewOf(map, 'values')],
  ['entrySet', [], (map) => viewOf(map, 'entries')],
  ['toString', [], (map, _, budget) => textOf(map, budget)],
  ['equals', ['any'], (map, given, budget) => areEqualWithin(map, valueAt(given, 0), budget)],
  ['hashCode', [], (map, _, budget) => hashWithin(map, budget)],
])

/** `Map.Entry`. */
export const entryMethods: MethodTable<JavaEntry> = methodTable<JavaEntry>([
  ['getKey', [], (entry) => entry.key],
  ['getValue', [], (entry) => entry.map.get(entry.key)],
  [
    'setValue',
    ['any'],
    (entry, given, budget) => put(entry.map, entry.key, valueAt(given, 0), budget),
  ],
  ['toString', [], (entry, _, budget) => textOf(entry, budget)],
  ['equals', ['any'], (entry, given, budget) => areEqualWithin(entry, valueAt(given, 0), budget)],
  ['hashCode', [], (entry, _, budget) => hashWithin(entry, budget)],
])

/** `Iterator`. */
export const iteratorMethods: MethodTable<JavaIterator> = methodTable<JavaIterator>([
  ['hasNext', [], (iterator) => iterator.hasNext()],
  ['next', [], (iterator) => iterator.take() ?? failed('NoSuchElementException')],
])

/** `$foreach`. */
export const loopMethods: MethodTable<LoopScope> = methodTable<LoopScope>([
  ['getIndex', [], (loop) => loop.index],
  ['getCount', [], (loop) => loop.index + 1],
  ['hasNext', [], (loop) => loop.hasNext],
  ['getHasNext', [], (loop) => loop.hasNext],
  ['isFirst', [], (loop) => loop.index < 1],
  ['getFirst', [], (loop) => loop.index < 1],
  ['isLast', [], (loop) => !loop.hasNext],
  ['getLast', [], (loop) => !loop.hasNext],
  ['getParent', [], (loop) => loop.parent ?? null],
  ['getTopmost', [], (loop) => loop.topmost()],
  ['getReplaced', [], (loop) => loop.outerReplaced()],
  ['get', ['any'], (loop, given) => loop.get(valueAt(given, 0))],
  [
    'put',
    ['any', 'any'],
    (loop, given, budget) => put(loop.storage, valueAt(given, 0), valueAt(given, 1), budget),
  ],
  ['containsKey', ['any'], (loop, given) => loop.storage.has(valueAt(given, 0))],
  ['size', [], (loop) => loop.storage.values.size],
  ['isEmpty', [], (loop) => loop.storage.values.size === 0],
  ['toString', [], (loop, _, budget) => textOf(loop, budget)],
])
