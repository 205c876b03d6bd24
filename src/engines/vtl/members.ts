import type { Budget } from './budget.ts'
import {
  entryMethods,
  fixedMethods,
  iteratorMethods,
  listMethods,
  loopMethods,
  mapMethods,
} from './collection-methods.ts'
import { isNumber, JavaDouble, JavaLong, type JavaNumber } from './java-number.ts'
import { findMethod, type MethodTable } from './method-table.ts'
import {
  bigMethods,
  booleanMethods,
  characterMethods,
  doubleMethods,
  integerMethods,
  longMethods,
} from './number-methods.ts'
import { stringMethods } from './string-methods.ts'
import {
  DefinedBlock,
  HostObject,
  JavaChar,
  JavaEntry,
  JavaIterator,
  JavaList,
  JavaMap,
  keyMembersMax,
  LoopScope,
  type Value,
} from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/**
 * Calls a method of a value. Only the tables of this engine are looked at: there is no way to JavaScript's
 * own members. Undefined when the value has no such method for these parameters.
 *
 * @throws {TemplateFailure} when the method fails.
 */
export function callMethod(
  target: Value,
  call: { readonly name: string; readonly parameters: readonly Value[] },
  budget: Budget,
): Value | undefined {
  chargeTexts(call.parameters, budget)
  budget.spend(1)
  if (typeof target === 'string') {
    if (target.length > 100) budget.spend(target.length >> 6)
    return invoke(stringMethods, target, call, budget)
  }
  if (target instanceof JavaMap) {
    chargeKey(call.parameters[0] ?? null, budget)
    return invoke(mapMethods, target, call, budget)
  }
  if (target instanceof JavaList) {
    // What shows a map is made anew each time that it is looked at.
    if (target.view !== undefined) budget.spend(target.view.map.values.size >> 1)
    return invoke(target.kind === 'fixed' ? fixedMethods : listMethods, target, call, budget)
  }
  if (target instanceof HostObject) {
    return target.methods.get(call.name)?.(call.parameters, budget)
  }
  if (isNumber(target)) return invoke(numberTable(target), target, call, budget)
  if (typeof target === 'boolean') return invoke(booleanMethods, target, call, budget)
  if (target instanceof JavaEntry) return invoke(entryMethods, target, call, budget)
  if (target instanceof LoopScope) return invoke(loopMethods, target, call, budget)
  if (target instanceof JavaIterator) return invoke(iteratorMethods, target, call, budget)
  if (target instanceof JavaChar) return invoke(characterMethods, target, call, budget)
  return callBlock(target, call)
}

/** A long text that is looked for, kept or compared is gone through. */
function chargeTexts(parameters: readonly Value[], budget: Budget): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && parameter.length > 1000)
      budget.spend(parameter.length >> 4)
  }
}

/** Lists and maps become a text of all that is in them to be a key. */
export function chargeKey(key: Value, budget: Budget): void {
  if (typeof key === 'string' && key.length > 1000) budget.spend(key.length >> 4)
  else if (key instanceof JavaList || key instanceof JavaMap) budget.spend(keyMembersMax)
}

/** What is nothing else has what every object has. */
function callBlock(
  target: Value,
  { name, parameters }: { readonly name: string; readonly parameters: readonly Value[] },
): Value | undefined {
  if (name === 'equals' && parameters.length === 1) return target === parameters[0]
  if (!(target instanceof DefinedBlock)) return undefined
  return name === 'toString' && parameters.length === 0 ? target.text() : undefined
}

function numberTable(target: JavaNumber): MethodTable<JavaNumber> {
  if (typeof target === 'number') return integerMethods
  if (target instanceof JavaDouble) return doubleMethods
  return target instanceof JavaLong ? longMethods : bigMethods
}

function invoke<Self>(
  table: MethodTable<Self>,
  target: Self,
  call: { readonly name: string; readonly parameters: readonly Value[] },
  budget: Budget,
): Value | undefined {
  return findMethod(table, call.name, call.parameters)?.call(target, call.parameters, budget)
}

/** Reads a property: of a map what it has under that name, of others what a getter gives. Null for none. */
export function propertyReader(name: string): (target: Value) => Value {
  const getter = getterName(name)
  return (target) => propertyOf(target, name, getter)
}

/** What a property is called in a getter: `getId` gives `id`. */
export function getterName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** The same, with the name as getters have it. */
export function propertyOf(target: Value, name: string, getter: string): Value {
  if (target instanceof JavaMap) return target.named(name)
  if (target instanceof LoopScope) return ofLoop(target, name, getter)
  if (target instanceof HostObject) return target.properties.get(name)?.() ?? null
  if (target instanceof JavaEntry) {
    if (getter === 'key') return target.key
    return getter === 'value' ? target.map.get(target.key) : null
  }
  if (typeof target === 'string') {
    if (getter === 'empty') return target === ''
    return getter === 'blank' ? target.trim() === '' : null
  }
  if (target instanceof JavaList) {
    return getter === 'empty' && target.kind !== 'array' ? target.items.length === 0 : null
  }
  if (target instanceof JavaDouble) {
    if (getter === 'naN') return Number.isNaN(target.value)
    return getter === 'infinite' ? Math.abs(target.value) === Number.POSITIVE_INFINITY : null
  }
  return null
}

type OfLoop = (loop: LoopScope) => Value

/** What `$foreach` says of its loop. */
const loopProperties: ReadonlyMap<string, OfLoop> = new Map<string, OfLoop>([
  ['index', (loop) => loop.index],
  ['count', (loop) => loop.index + 1],
  ['hasNext', (loop) => loop.hasNext],
  ['first', (loop) => loop.index < 1],
  ['last', (loop) => !loop.hasNext],
  ['parent', (loop) => loop.parent ?? null],
  ['topmost', (loop) => loop.topmost()],
  ['replaced', (loop) => loop.outerReplaced()],
])

/** What gives a property of a loop's own, by the name in its getter; undefined: the loop has none. */
export function findLoopProperty(getter: string): OfLoop | undefined {
  return loopProperties.get(getter)
}

function ofLoop(loop: LoopScope, name: string, getter: string): Value {
  const property = loopProperties.get(getter)
  // A property that is there and null: what is stored under its name counts.
  return property?.(loop) ?? loop.get(name)
}

/** A place counted from the end becomes one counted from the begin. */
function fromEnd(target: Value, place: Value): Value {
  if (typeof place !== 'number' || place >= 0) return place
  if (target instanceof JavaList) return target.items.length + place
  if (target instanceof JavaMap) return target.values.size + place
  if (target instanceof LoopScope) return target.storage.values.size + place
  throw new TemplateFailure('runtime', 'a negative index needs a list or a map')
}

/** `[…]`: the item of a list, what a map has under a key; null for other values. */
export function itemOf(target: Value, place: Value, budget: Budget): Value {
  const at = fromEnd(target, place)
  if (target instanceof JavaMap) {
    chargeKey(at, budget)
    return target.get(at)
  }
  if (target instanceof HostObject) return null
  return callMethod(target, { name: 'get', parameters: [at] }, budget) ?? null
}

/** Sets an item; what cannot be set stays as it is. */
export function setItem(
  target: Value,
  { place, value }: { readonly place: Value; readonly value: Value },
  budget: Budget,
): void {
  const at = fromEnd(target, place)
  if (target instanceof HostObject) return
  const parameters = [at, value]
  if (callMethod(target, { name: 'set', parameters }, budget) !== undefined) return
  callMethod(target, { name: 'put', parameters }, budget)
}

/** Sets a property; what cannot be set stays as it is. */
export function setProperty(
  target: Value,
  { name, value }: { readonly name: string; readonly value: Value },
  budget: Budget,
): void {
  if (target instanceof JavaMap || target instanceof LoopScope) {
    callMethod(target, { name: 'put', parameters: [name, value] }, budget)
  } else if (target instanceof JavaEntry && /^[vV]alue$/.test(name))
    target.map.set(target.key, value)
}
