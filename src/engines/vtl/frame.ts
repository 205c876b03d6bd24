import type { Budget } from './budget.ts'
import type { Dialect } from './dialect.ts'
import type { Value } from './values.ts'

/** A statement that can be run. */
export type Render = (frame: Frame) => void
/** Renders nothing. */
export const renderNothing: Render = () => undefined
/** An expression that can be evaluated. */
export type Evaluate = (frame: Frame) => Value
/** Whether an expression holds. */
export type Test = (frame: Frame) => boolean

/** The name of a macro's parameter, and where its value is kept. */
export interface MacroName {
  readonly name: string
  readonly slot: number
}

/** A macro: names of its parameters, and what it renders. */
export interface Macro {
  readonly parameters: readonly MacroName[]
  readonly body: Render
}

/** One rendering of a template. */
export class Run {
  readonly budget: Budget
  readonly dialect: Dialect
  macros: ReadonlyMap<string, Macro>
  out = ''
  /** Where in the template the rendering is. */
  at = 0
  macroDepth = 0
  evaluateDepth = 0
  readonly outputLengthMax: number

  constructor(budget: Budget, dialect: Dialect, macros: ReadonlyMap<string, Macro>) {
    this.budget = budget
    this.dialect = dialect
    this.macros = macros
    this.outputLengthMax = budget.limits.outputLengthMax
  }

  write(text: string): void {
    this.out += text
    if (this.out.length > this.outputLengthMax) this.budget.checkLength(this.out.length)
  }

  /** What something renders, as a text. */
  capture(render: () => void): string {
    const before = this.out
    this.out = ''
    try {
      render()
      return this.out
    } finally {
      this.out = before
    }
  }
}

/** The names that a template knows at a place. */
export abstract class Frame {
  readonly run: Run

  constructor(run: Run) {
    this.run = run
  }

  /** Null also for a name that is not known. */
  abstract get(slot: number): Value
  abstract put(slot: number, value: Value): void
  abstract remove(slot: number): void
  abstract isKnown(slot: number): boolean
  /** How the parameter of a macro was written where it was called. */
  abstract literalOf(name: string): string | undefined
}

/** The names of the template itself. */
export class RootFrame extends Frame {
  readonly #given: ReadonlyMap<string, Value>
  readonly #names: readonly string[]
  /** Undefined: not known, or not looked for yet among what was given. */
  readonly #values: (Value | undefined)[]
  #removed: Set<number> | undefined

  /** `names` is the place of each slot's name; it may grow. */
  constructor(run: Run, given: ReadonlyMap<string, Value>, names: readonly string[]) {
    super(run)
    this.#given = given
    this.#names = names
    this.#values = []
    for (let i = 0; i < names.length; i += 1) this.#values.push(given.get(names[i] ?? ''))
  }

  get(slot: number): Value {
    return this.#values[slot] ?? this.#find(slot) ?? null
  }

  /** A name that came up while the template was rendered. */
  #find(slot: number): Value | undefined {
    if (slot < this.#values.length || this.#removed?.has(slot) === true) return undefined
    return this.#given.get(this.#names[slot] ?? '')
  }

  put(slot: number, value: Value): void {
    while (this.#values.length <= slot) {
      this.#values.push(this.#find(this.#values.length))
    }
    this.#values[slot] = value
  }

  remove(slot: number): void {
    if (slot < this.#values.length) this.#values[slot] = undefined
    else {
      this.#removed ??= new Set()
      this.#removed.add(slot)
    }
  }

  isKnown(slot: number): boolean {
    return (this.#values[slot] ?? this.#find(slot)) !== undefined || this.#values[slot] === null
  }

  literalOf(): undefined {
    return undefined
  }
}

/** A parameter of a macro: evaluated anew each time that it is asked for, where the macro was called. */
export interface MacroParameter {
  readonly evaluate: Evaluate
  readonly literal: string
}

/** The names within a macro. */
export class MacroFrame extends Frame {
  readonly #caller: Frame
  readonly #values = new Map<number, Value>()
  readonly #parameters = new Map<number, MacroParameter>()
  readonly #literals = new Map<string, string>()

  constructor(caller: Frame) {
    super(caller.run)
    this.#caller = caller
  }

  /** A parameter that is always the same. */
  setConstant(slot: number, value: Value): void {
    this.#values.set(slot, value)
  }

  setParameter({ name, slot }: MacroName, parameter: MacroParameter): void {
    this.#parameters.set(slot, parameter)
    this.#literals.set(name, parameter.literal)
  }

  get(slot: number): Value {
    const own = this.#values.get(slot) ?? null
    if (own !== null) return own
    const parameter = this.#parameters.get(slot)
    // The way out of macros and loops within one another is as long as they are deep.
    this.run.budget.spend(1)
    if (parameter === undefined) return this.#caller.get(slot)
    return parameter.evaluate(this.#caller)
  }

  /** A name that is set within a macro is set outside, too. */
  put(slot: number, value: Value): void {
    this.#values.set(slot, value)
    this.#caller.put(slot, value)
  }

  remove(slot: number): void {
    this.#values.delete(slot)
    this.#parameters.delete(slot)
    this.#caller.remove(slot)
  }

  isKnown(slot: number): boolean {
    return this.#values.has(slot) || this.#parameters.has(slot) || this.#caller.isKnown(slot)
  }

  literalOf(name: string): string | undefined {
    return this.#literals.get(name) ?? this.#caller.literalOf(name)
  }
}

/** Within a turn of a loop whose item is null: the name of the item stands for nothing. */
export class NullItemFrame extends Frame {
  readonly #outer: Frame
  readonly #slot: number
  #isActive = true

  constructor(outer: Frame, slot: number) {
    super(outer.run)
    this.#outer = outer
    this.#slot = slot
  }

  get(slot: number): Value {
    if (this.#isActive && slot === this.#slot) return null
    this.run.budget.spend(1)
    return this.#outer.get(slot)
  }

  put(slot: number, value: Value): void {
    if (slot === this.#slot && value === null) this.#isActive = true
    this.#outer.put(slot, value)
  }

  remove(slot: number): void {
    if (slot === this.#slot) this.#isActive = false
    this.#outer.remove(slot)
  }

  isKnown(slot: number): boolean {
    return this.#outer.isKnown(slot)
  }

  literalOf(name: string): string | undefined {
    return this.#outer.literalOf(name)
  }
}

/**
 * Thrown to leave what is rendered. `nearest`: the loop, macro, block or template around (`#break`);
 * `all`: the template (`#stop`); else the loop that has this owner (`#break($foreach)`).
 */
export class StopSignal extends Error {
  readonly target: 'nearest' | 'all' | object

  constructor(target: 'nearest' | 'all' | object) {
    super('stopped')
    this.target = target
  }
}
