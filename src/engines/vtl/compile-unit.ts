import type { PlainReference } from './compile-reference.ts'
import type { Dialect } from './dialect.ts'
import type { Evaluate, Macro, Render } from './frame.ts'
import type { KnownMacros } from './parse-template.ts'
import type { Block, Expression, NodeSpan, SyntaxTree } from './syntax-tree.ts'
import type { Steps } from './steps.ts'
import { literalOf, type Token } from './tokens.ts'
import { TemplateFailure } from './vtl-error.ts'

/** The macros of a template while it is compiled. */
export class MacroRegistry implements KnownMacros {
  /** Read so far, also where they are not compiled yet. */
  readonly names = new Set<string>()
  /** Places of the names that values have. */
  readonly slots = new Map<string, number>()
  readonly nameOfSlot: string[] = []
  readonly macros: Map<string, Macro>

  constructor(macros = new Map<string, Macro>()) {
    this.macros = macros
  }

  /** The place of a name; it gets one when it has none. */
  slotOf(name: string): number {
    const known = this.slots.get(name)
    if (known !== undefined) return known
    const slot = this.slots.size
    this.slots.set(name, slot)
    this.nameOfSlot.push(name)
    return slot
  }

  isDefined(name: string): boolean {
    return this.macros.has(name)
  }

  /** The first definition of a name stands. */
  define(name: string, macro: Macro): void {
    if (!this.macros.has(name)) this.macros.set(name, macro)
  }
}

/** What every part of the compiler knows of the template at hand. */
export interface CompileUnit {
  readonly tree: SyntaxTree
  readonly registry: MacroRegistry
  readonly dialect: Dialect
  /** Whether the template names what old loops count with. */
  readonly countsLoops: boolean
  /** Where a template within another lies: errors name that place. */
  readonly outerOffset: number | undefined
  /** Compiles to what gives the value. */
  compileExpression(node: Expression): Evaluate
  /** Blocks and texts within the template that were compiled before what they stand in. */
  readonly prepared: PreparedParts
  /** Compiles what lies between a directive and its `#end`. */
  compileBlock(block: Block): Render
  /** Compiles a text within this template; `isTrimmed` says that it leaves out a blank that ends it. */
  compileNested(text: string, offset: number): NestedTemplate
  /** The same in steps. */
  compileNestedSteps(text: string, offset: number): Steps<NestedTemplate>
}

/** A text within a template that is one itself. */
export interface NestedTemplate {
  readonly render: Render
  readonly isTrimmed: boolean
}

/** Parts of a template that were compiled step by step. */
export interface PreparedParts {
  readonly blocks: Map<Block, Render>
  /** By the place of their token. */
  readonly texts: Map<number, NestedTemplate>
  /** What those are made of that print plain references and nothing else. */
  readonly plainRuns: Map<Render, PlainRun>
}

/** Plain references, the texts before them and the one behind the last. */
export interface PlainRun {
  readonly references: readonly PlainReference[]
  readonly tail: string
}

/** The token at a place. */
export function tokenAt({ tree }: CompileUnit, place: number): Token {
  const token = tree.tokens[place]
  if (token === undefined) throw new TemplateFailure('runtime', 'the template ends too early')
  return token
}

/** Where a node begins in the template's text. */
export function offsetOf(unit: CompileUnit, { first }: NodeSpan): number {
  return unit.outerOffset ?? unit.tree.tokens[first]?.begin ?? 0
}

/** Steps that a node counts for by its size: what it evaluates is not counted one by one. */
export function stepsOf({ first, last }: NodeSpan): number {
  return 1 + Math.max(0, (last - first) >> 3)
}

/** A node as it is written. */
export function sourceOf(unit: CompileUnit, { first, last }: NodeSpan): string {
  if (first > last) throw new TemplateFailure('runtime', 'there is nothing that could be printed')
  let text = ''
  for (let place = first; place <= last; place += 1) text += literalOf(tokenAt(unit, place))
  return text
}
