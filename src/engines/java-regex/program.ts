import { type CodePointSet, rangeSet } from './code-point-set.ts'
import { lineBreakTree } from './line-break.ts'
import type { Assertion, CaseFolding, ParsedPattern, SyntaxNode } from './syntax-tree.ts'

/** One step of the matcher. Numbers that name another are places in the program. */
export type Instruction =
  | { readonly op: 'set'; readonly set: CodePointSet }
  | { readonly op: 'jump'; readonly to: number }
  /** Goes on at `first`, and at `second` should that fail. */
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  /** Remembers the place in the text. */
  | { readonly op: 'save'; readonly register: number }
  /** The group lies between the place that was remembered and this one. */
  | { readonly op: 'close'; readonly group: number; readonly begin: number }
  | { readonly op: 'loop-start'; readonly loop: Loop }
  | { readonly op: 'loop-next'; readonly loop: Loop }
  | { readonly op: 'loop-again'; readonly loop: Loop }
  /** As many characters of the set as there are, `min` at least; then fewer, unless `isPossessive`. */
  | {
      readonly op: 'run'
      readonly set: CodePointSet
      readonly min: number
      readonly max: number
      readonly isPossessive: boolean
    }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  | {
      readonly op: 'reference'
      readonly group: number
      readonly folding: CaseFolding
      readonly isEmptyWhenUnset: boolean
    }
  /** The program behind it up to its `accept` is matched for itself, from min to max times. */
  | {
      readonly op: 'possessive'
      readonly min: number
      readonly max: number
      readonly next: number
    }
  | { readonly op: 'ahead'; readonly isNegative: boolean; readonly next: number }
  | {
      readonly op: 'behind'
      readonly isNegative: boolean
      readonly next: number
      readonly lengths: { readonly min: number; readonly max: number }
    }
  /** The program, or the part that is matched for itself, is through. */
  | { readonly op: 'accept' }

/** A repetition: two registers count it and know where its last turn began. */
export interface Loop {
  readonly min: number
  readonly max: number
  readonly isLazy: boolean
  readonly countRegister: number
  readonly beginRegister: number
  readonly body: number
  /** Where one more turn begins that was put off. */
  readonly again: number
  readonly next: number
}

/** A pattern that can be run. */
export interface Program {
  readonly instructions: readonly Instruction[]
  /** Two for each group, then those of the loops. */
  readonly registerCount: number
}

/** The program of a pattern. Its length is in proportion to the pattern's: repetitions are counted, not copied. */
export function compileProgram({ root, captureCount }: ParsedPattern): Program {
  const compiler = new Compiler(captureCount)
  compiler.add(root)
  compiler.emit({ op: 'accept' })
  return { instructions: compiler.instructions, registerCount: compiler.registerCount }
}

/** A reference to a group that the pattern has not. */
const never: Instruction = Object.freeze({ op: 'set', set: rangeSet() })

class Compiler {
  readonly instructions: Instruction[] = []
  registerCount: number

  readonly #captureCount: number

  constructor(captureCount: number) {
    this.#captureCount = captureCount
    this.registerCount = 2 * (captureCount + 1)
  }

  get here(): number {
    return this.instructions.length
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction)
  }

  add(node: SyntaxNode): void {
    switch (node.kind) {
      case 'set':
        return this.emit({ op: 'set', set: node.set })
      case 'sequence':
        return node.nodes.forEach((piece) => this.add(piece))
      case 'choice':
        return this.#addChoice(node.options)
      case 'group':
        return this.#addGroup(node.capture, node.node)
      case 'repeat':
        return this.#addRepeat(node)
      case 'assertion':
        return this.emit({ op: 'assert', assertion: node.assertion })
      case 'line-break':
        return this.add(lineBreakTree)
      case 'reference':
        if (node.group > this.#captureCount) return this.emit(never)
        return this.emit({
          op: 'reference',
          group: node.group,
          folding: node.folding,
          isEmptyWhenUnset: node.isEmptyWhenUnset === true,
        })
      case 'atomic':
        return this.#addApart(node.node, (next) => ({ op: 'possessive', min: 1, max: 1, next }))
      case 'ahead':
        return this.#addApart(node.node, (next) => ({
          op: 'ahead',
          isNegative: node.isNegative,
          next,
        }))
      case 'behind':
        return this.#addApart(node.node, (next) => ({
          op: 'behind',
          isNegative: node.isNegative,
          lengths: node.lengths,
          next,
        }))
    }
  }

  #addChoice(options: readonly SyntaxNode[]): void {
    const jumps: number[] = []
    options.forEach((option, index) => {
      const isLast = index === options.length - 1
      const at = this.here
      if (!isLast) this.emit({ op: 'accept' })
      this.add(option)
      if (isLast) return
      jumps.push(this.here)
      this.emit({ op: 'accept' })
      this.instructions[at] = { op: 'split', first: at + 1, second: this.here }
    })
    for (const jump of jumps) this.instructions[jump] = { op: 'jump', to: this.here }
  }

  #addGroup(capture: number | undefined, node: SyntaxNode): void {
    if (capture === undefined) return this.add(node)
    // The begin is kept apart until the end is known: a group refers to its last whole match.
    const begin = this.registerCount++
    this.emit({ op: 'save', register: begin })
    this.add(node)
    this.emit({ op: 'close', group: capture, begin })
  }

  #addRepeat(node: Extract<SyntaxNode, { kind: 'repeat' }>): void {
    const { min, max, mode } = node
    if (node.node.kind === 'set' && mode !== 'lazy') {
      const isPossessive = mode === 'possessive'
      return this.emit({ op: 'run', set: node.node.set, min, max, isPossessive })
    }
    if (mode === 'possessive') {
      return this.#addApart(node.node, (next) => ({ op: 'possessive', min, max, next }))
    }
    if (min === 0 && max === 1) return this.#addOption(node.node, mode === 'lazy')
    this.#addLoop(node)
  }

  #addOption(node: SyntaxNode, isLazy: boolean): void {
    const at = this.here
    this.emit({ op: 'accept' })
    this.add(node)
    const [taken, left] = [at + 1, this.here]
    this.instructions[at] = isLazy
      ? { op: 'split', first: left, second: taken }
      : { op: 'split', first: taken, second: left }
  }

  #addLoop(node: Extract<SyntaxNode, { kind: 'repeat' }>): void {
    const at = this.here
    const countRegister = this.registerCount++
    const beginRegister = this.registerCount++
    this.emit({ op: 'accept' })
    this.emit({ op: 'accept' })
    this.add(node.node)
    const loop: Loop = {
      min: node.min,
      max: node.max,
      isLazy: node.mode === 'lazy',
      countRegister,
      beginRegister,
      again: at + 1,
      body: at + 2,
      next: this.here + 1,
    }
    this.instructions[at] = { op: 'loop-start', loop }
    this.instructions[at + 1] = { op: 'loop-again', loop }
    this.emit({ op: 'loop-next', loop })
  }

  #addApart(node: SyntaxNode, instruction: (next: number) => Instruction): void {
    const at = this.here
    this.emit({ op: 'accept' })
    this.add(node)
    this.emit({ op: 'accept' })
    this.instructions[at] = instruction(this.here)
  }
}
