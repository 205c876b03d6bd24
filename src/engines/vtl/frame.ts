import { Budget, type RenderLimits } from './budget.ts'
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

/** A macro: names of its parameters, and what it renders. */
export interface Macro {
  readonly parameters: readonly string[]
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

  constructor(limits: RenderLimits, dialect: Dialect, macros: ReadonlyMap<string, Macro>) {
    this.budget = new Budget(limits)
    this.dialect = dialect
    this.macros = macros
  }

  write(text: string): void {
    this.out += text
    if (this.out.length > this.budget.limits.outputLengthMax)
      this.budget.checkLength(this.out.length)
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
  abstract get(name: string): Value
  abstract put(name: string, value: Value): void
  abstract remove(name: string): void
  abstract isKnown(name: string): boolean
  /** How the parameter of a macro was written where it was called. */
  abstract literalOf(name: string): string | undefined
}

/** The names of the template itself. */
export class RootFrame extends Frame {
  readonly #values: Map<string, Value>

  constructor(run: Run, values: Map<string, Value>) {
    super(run)
    this.#values = values
  }

  get(name: string): Value {
    return this.#values.get(name) ?? null
  }

  put(name: string, value: Value): void {
    this.#values.set(name, value)
  }

  remove(name: string): void {
    this.#values.delete(name)
  }

  isKnown(name: string): boolean {
    return this.#values.has(name)
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
  readonly #values = new Map<string, Value>()
  readonly #parameters = new Map<string, MacroParameter>()
  readonly #literals = new Map<string, string>()

  constructor(caller: Frame) {
    super(caller.run)
    this.#caller = caller
  }

  /** A parameter that is always the same. */
  setConstant(name: string, value: Value): void {
    this.#values.set(name, value)
  }

  setParameter(name: string, parameter: MacroParameter): void {
    this.#parameters.set(name, parameter)
    this.#literals.set(name, parameter.literal)
  }

  get(name: string): Value {
    const own = this.#values.get(name) ?? null
    if (own !== null) return own
    const parameter = this.#parameters.get(name)
    if (parameter === undefined) return this.#caller.get(name)
    this.run.budget.spend(1)
    return parameter.evaluate(this.#caller)
  }

  /** A name that is set within a macro is set outside, too. */
  put(name: string, value: Value): void {
    this.#values.set(name, value)
    this.#caller.put(name, value)
  }

  remove(name: string): void {
    this.#values.delete(name)
    this.#parameters.delete(name)
    this.#caller.remove(name)
  }

  isKnown(name: string): boolean {
    return this.#values.has(name) || this.#parameters.has(name) || this.#caller.isKnown(name)
  }

  literalOf(name: string): string | undefined {
    return this.#literals.get(name) ?? this.#caller.literalOf(name)
  }
}

/** Within a turn of a loop whose item is null: the name of the item stands for nothing. */
export class NullItemFrame extends Frame {
  readonly #outer: Frame
  readonly #name: string
  #isActive = true

  constructor(outer: Frame, name: string) {
    super(outer.run)
    this.#outer = outer
    this.#name = name
  }

  get(name: string): Value {
    return this.#isActive && name === this.#name ? null : this.#outer.get(name)
  }

  put(name: string, value: Value): void {
    if (name === this.#name && value === null) this.#isActive = true
    this.#outer.put(name, value)
  }

  remove(name: string): void {
    if (name === this.#name) this.#isActive = false
    this.#outer.remove(name)
  }

  isKnown(name: string): boolean {
    return this.#outer.isKnown(name)
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
