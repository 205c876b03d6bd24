import type { CompiledPath } from './path-steps.ts'

/** What the parsers of paths, filters and parameters share. */
export interface ParseContext {
  /** How deep filters and parameters may yet hold paths of their own. */
  readonly depthLeft: number
  /** Compiles a path inside of another. */
  parseInner(text: string, context: ParseContext): CompiledPath
}

/** The context one level further in. */
export function innerContext(context: ParseContext): ParseContext {
  return { ...context, depthLeft: context.depthLeft - 1 }
}
