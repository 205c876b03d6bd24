/** A regular expression over the whole of a text, in linear time. */
export interface SelectionPattern {
  /** As written. */
  readonly text: string
  matches(selector: string): boolean
}

export type CompiledPattern =
  | { readonly outcome: 'compiled'; readonly pattern: SelectionPattern }
  /** The pattern is not one, or needs what linear-time matching has not (look-around, references). */
  | { readonly outcome: 'invalid'; readonly detail: string }

export declare function compileSelectionPattern(text: string): CompiledPattern
