import type { Token } from './tokens.ts'

/** The tokens of a node, by their places in the template's: the last one belongs to it. */
export interface NodeSpan {
  readonly first: number
  readonly last: number
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | 'equal'
  | 'not-equal'
  | 'less'
  | 'greater'
  | 'less-or-equal'
  | 'greater-or-equal'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'modulo'

/** `.name`, `.name(…)` or `[…]` behind a reference's name. */
export type Access =
  | (NodeSpan & { readonly kind: 'property' })
  | (NodeSpan & { readonly kind: 'method'; readonly parameters: readonly Expression[] })
  | (NodeSpan & { readonly kind: 'index'; readonly parameter: Expression })

export type Reference = NodeSpan & {
  readonly kind: 'reference'
  readonly accesses: readonly Access[]
}

export type Expression =
  | Reference
  | (NodeSpan & { readonly kind: 'string' | 'integer' | 'float' | 'true' | 'false' | 'word' })
  | (NodeSpan & { readonly kind: 'range'; readonly from: Expression; readonly to: Expression })
  /** Keys and values in turn. */
  | (NodeSpan & { readonly kind: 'map'; readonly items: readonly Expression[] })
  | (NodeSpan & { readonly kind: 'list'; readonly items: readonly Expression[] })
  | (NodeSpan & {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    })
  | (NodeSpan & { readonly kind: 'not'; readonly operand: Expression })
  /** With the whitespace around it. */
  | (NodeSpan & { readonly kind: 'group'; readonly inner: Expression })

export type Block = NodeSpan & { readonly kind: 'block'; readonly statements: readonly Statement[] }

export type Branch = NodeSpan & {
  /** Absent of `#else`. */
  readonly condition: Expression | undefined
  readonly block: Block
}

export type Directive = NodeSpan & {
  readonly kind: 'directive'
  readonly name: string
  readonly parameters: readonly Expression[]
  /** Of those that have an `#end`. */
  readonly block: Block | undefined
}

export type Statement =
  | Reference
  | Directive
  | (NodeSpan & { readonly kind: 'text' | 'comment' | 'textblock' | 'escaped-directive' })
  | (NodeSpan & { readonly kind: 'escape'; readonly text: string })
  | (NodeSpan & { readonly kind: 'set'; readonly left: Reference; readonly right: Expression })
  | (NodeSpan & { readonly kind: 'if'; readonly branches: readonly Branch[] })

/** A template that was read. */
export interface SyntaxTree {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly statements: readonly Statement[]
}
