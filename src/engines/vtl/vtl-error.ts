/** Where in a template: both count from 1, columns in UTF-16 units. */
export interface TemplatePosition {
  readonly line: number
  readonly column: number
}

/**
 * `syntax`: the template is none. `refused`: it asks for what templates may not do (`#parse`, `#include`).
 * `runtime`: a method or directive failed while it was rendered. `limit`: it hit a bound. `unfinished`: it
 * takes longer than it may without a pause.
 */
export type VtlErrorKind = 'syntax' | 'refused' | 'runtime' | 'limit' | 'unfinished'

/** What is wrong with a template, and where. */
export class VtlError extends Error {
  override readonly name = 'VtlError'
  readonly kind: VtlErrorKind
  readonly position: TemplatePosition

  constructor(kind: VtlErrorKind, message: string, position: TemplatePosition) {
    super(message)
    this.kind = kind
    this.position = position
  }
}

/** The position of a place in a text; a place behind the end is the end. */
export function positionAt(text: string, offset: number): TemplatePosition {
  const before = text.slice(0, Math.max(0, offset))
  const lines = before.split(/\r\n|\r|\n/)
  return Object.freeze({ line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 })
}

type RenderFailure = 'runtime' | 'limit' | 'unfinished'

/** What goes wrong while a template is rendered: the renderer adds the position. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure'
  readonly kind: RenderFailure

  constructor(kind: RenderFailure, message: string) {
    super(message)
    this.kind = kind
  }
}
