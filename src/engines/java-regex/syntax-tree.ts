import type { CodePointSet } from './code-point-set.ts'

/** A pattern that Java would refuse, or that asks for more than is built. `offset`: where, in UTF-16 units. */
export class JavaRegexError extends Error {
  override readonly name = 'JavaRegexError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** How letters are compared: as written, without the case of ASCII's, without the case of any. */
export type CaseFolding = 'none' | 'ascii' | 'unicode'

/** A condition on a place between two characters. */
export type Assertion =
  | 'input-begin'
  | 'input-end'
  /** At the end, or before the line terminator that ends the input. */
  | 'last-line-end'
  | 'last-unix-line-end'
  | 'line-begin'
  | 'unix-line-begin'
  | 'line-end'
  | 'unix-line-end'
  | 'word-boundary'
  | 'no-word-boundary'

export type RepeatMode = 'greedy' | 'lazy' | 'possessive'

/** A piece of a pattern. */
export type SyntaxNode =
  | { readonly kind: 'set'; readonly set: CodePointSet }
  /** `\R`: CR LF together, or any vertical blank. */
  | { readonly kind: 'line-break' }
  | { readonly kind: 'sequence'; readonly nodes: readonly SyntaxNode[] }
  | { readonly kind: 'choice'; readonly options: readonly SyntaxNode[] }
  /** `capture`: number of the group; undefined: `(?:…)`. */
  | { readonly kind: 'group'; readonly capture: number | undefined; readonly node: SyntaxNode }
  | {
      readonly kind: 'repeat'
      readonly node: SyntaxNode
      readonly min: number
      /** Infinity: without end. */
      readonly max: number
      readonly mode: RepeatMode
      /** Written `{…}`. */
      readonly isCounted: boolean
    }
  | { readonly kind: 'ahead'; readonly isNegative: boolean; readonly node: SyntaxNode }
  | {
      readonly kind: 'behind'
      readonly isNegative: boolean
      readonly node: SyntaxNode
      /** Characters that the piece may take: from … to. */
      readonly lengths: { readonly min: number; readonly max: number }
    }
  | { readonly kind: 'atomic'; readonly node: SyntaxNode }
  | {
      readonly kind: 'reference'
      readonly group: number
      readonly folding: CaseFolding
      /** A group that took no part matches the empty text, as ECMAScript has it. */
      readonly isEmptyWhenUnset?: boolean
    }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }

/** A pattern that was read. */
export interface ParsedPattern {
  readonly root: SyntaxNode
  readonly captureCount: number
}
