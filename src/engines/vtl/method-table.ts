import type { Budget } from './budget.ts'
import { JavaDouble, JavaLong } from './java-number.ts'
import { JavaChar, JavaList, JavaMap, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/**
 * What a parameter takes. `int`, `long`, `double`, `char` and `boolean` take no null; `text` and `string`
 * take it, and the method fails; `any` takes everything; `rest` any number of anything, as the last.
 */
export type Parameter =
  | 'int'
  | 'long'
  | 'double'
  | 'char'
  | 'boolean'
  | 'text'
  | 'list'
  | 'map'
  | 'any'
  | 'rest'

/** A method, or one of several of that name: the first that takes the parameters is called. */
export interface Method<Self> {
  readonly takes: readonly Parameter[]
  call(self: Self, parameters: readonly Value[], budget: Budget): Value
}

/** Methods of a class by their names. */
export type MethodTable<Self> = ReadonlyMap<string, readonly Method<Self>[]>

/** The text of a parameter that `takes` says is one. */
export function textAt(parameters: readonly Value[], place: number): string {
  const value = parameters[place]
  if (typeof value === 'string') return value
  throw new TemplateFailure('runtime', 'a text is expected, not null')
}

/** The number of a parameter that `takes` says is an `int`. */
export function intAt(parameters: readonly Value[], place: number): number {
  const value = parameters[place]
  return typeof value === 'number' ? value : 0
}

/** A parameter that takes anything. */
export function valueAt(parameters: readonly Value[], place: number): Value {
  return parameters[place] ?? null
}

/** `compareTo` takes anything, and fails for what is of another class. */
export function otherClass(): never {
  throw new TemplateFailure('runtime', 'ClassCastException: values of two classes are not compared')
}

/** Builds a table: a row is a name, what it takes, and what it does. */
export function methodTable<Self>(
  rows: readonly (readonly [string, readonly Parameter[], Method<Self>['call']])[],
): MethodTable<Self> {
  const table = new Map<string, Method<Self>[]>()
  for (const [name, takes, call] of rows) {
    const methods = table.get(name) ?? []
    methods.push({ takes, call })
    table.set(name, methods)
  }
  return table
}

/**
 * The method that takes the parameters; undefined when none does.
 *
 * @throws {TemplateFailure} when one of the name takes no parameters but is given some: Velocity 1.7 then
 * calls it, and fails.
 */
export function findMethod<Self>(
  table: MethodTable<Self>,
  name: string,
  parameters: readonly Value[],
): Method<Self> | undefined {
  const methods = table.get(name)
  if (methods === undefined) return undefined
  for (const method of methods) if (isTaken(method.takes, parameters)) return method
  if (methods.some(({ takes }) => takes.length === 0)) {
    throw new TemplateFailure('runtime', `${name}() takes no parameters`)
  }
  return undefined
}

function isTaken(takes: readonly Parameter[], parameters: readonly Value[]): boolean {
  const isOpen = takes.at(-1) === 'rest'
  if (isOpen ? parameters.length < takes.length - 1 : parameters.length !== takes.length) {
    return false
  }
  for (let i = 0; i < takes.length; i += 1) {
    const parameter = takes[i]
    if (parameter === 'rest') return true
    if (parameter !== undefined && !takesValue(parameter, parameters[i] ?? null)) return false
  }
  return true
}

function takesValue(parameter: Parameter, value: Value): boolean {
  switch (parameter) {
    case 'int':
      return typeof value === 'number'
    case 'long':
      return typeof value === 'number' || value instanceof JavaLong
    case 'double':
      return typeof value === 'number' || value instanceof JavaLong || value instanceof JavaDouble
    case 'char':
      return value instanceof JavaChar
    case 'boolean':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string' || value === null
    case 'list':
      return value === null || (value instanceof JavaList && value.kind !== 'array')
    case 'map':
      return value === null || value instanceof JavaMap
    case 'any':
    case 'rest':
      return true
  }
}
