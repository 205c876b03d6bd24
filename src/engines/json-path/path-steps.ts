import type { SelectionPattern } from '../selection-pattern.ts'
import type { DocumentNode } from './document.ts'

/** One step of a path, from what it is applied to, to what it finds. */
export type PathStep =
  /** `.name`, `['a']`, `['a','b']`. */
  | { readonly kind: 'property'; readonly names: readonly string[] }
  /** `[0]`, `[-1]`, `[0,2]`. */
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  /** `[1:3]`, `[1:]`, `[:3]`. */
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  /** `..`: what follows, anywhere below. */
  | { readonly kind: 'scan' }
  | { readonly kind: 'filter'; readonly condition: FilterCondition }
  | {
      readonly kind: 'function'
      readonly name: string
      readonly parameters: readonly FunctionParameter[]
    }

export type FunctionParameter =
  | { readonly kind: 'value'; readonly value: DocumentNode }
  | { readonly kind: 'path'; readonly path: CompiledPath }

/** A path ready to be read. */
export interface CompiledPath {
  /** `$`: from the document; `@`: from what a filter looks at. */
  readonly root: '$' | '@'
  readonly steps: readonly PathStep[]
  /** It finds one value or none: no wildcard, scan, filter, slice or list of indexes is in it. */
  readonly isDefinite: boolean
}

export type FilterCondition =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly FilterCondition[] }
  | { readonly kind: 'not'; readonly operand: FilterCondition }
  | { readonly kind: 'exists'; readonly path: CompiledPath }
  | {
      readonly kind: 'relation'
      readonly operator: RelationalOperator
      readonly left: FilterOperand
      readonly right: FilterOperand
    }

export type FilterOperand =
  | { readonly kind: 'path'; readonly path: CompiledPath }
  | { readonly kind: 'literal'; readonly value: DocumentNode }
  | { readonly kind: 'pattern'; readonly pattern: SelectionPattern }

/** The operators of Jayway JsonPath; words are read in any case. */
export const relationalOperators = [
  ...['==', '!=', '===', '!==', '<', '<=', '>', '>=', '=~'],
  ...['IN', 'NIN', 'CONTAINS', 'ALL', 'SIZE', 'EMPTY', 'SUBSETOF', 'ANYOF', 'NONEOF'],
  ...['TYPE', 'MATCHES', 'EXISTS'],
] as const

export type RelationalOperator = (typeof relationalOperators)[number]

/** Several names merge to one object at the end of a path, and are several values before. */
export function isDefinitePath(steps: readonly PathStep[]): boolean {
  return steps.every((step, index) => isDefiniteStep(step, index === steps.length - 1))
}

/** Whether a step leads from one value to one value. */
export function isDefiniteStep(step: PathStep, isLast: boolean): boolean {
  switch (step.kind) {
    case 'property':
      return isLast || step.names.length === 1
    case 'index':
      return step.indexes.length === 1
    case 'function':
      return true
    default:
      return false
  }
}
