import { Budget, type RenderLimits } from './budget.ts'
import { compileExpression } from './compile-expression.ts'
import { compileStatements, compileTrimmedSteps } from './compile-statement.ts'
import { type CompileUnit, MacroRegistry } from './compile-unit.ts'
import { type Dialect, velocityDialect } from './dialect.ts'
import { type Render, RootFrame, Run, StopSignal } from './frame.ts'
import { parseTemplateSteps } from './parse-template.ts'
import { atOnce, type Steps } from './steps.ts'
import type { Statement } from './syntax-tree.ts'
import type { Value } from './values.ts'
import { positionAt, TemplateFailure, VtlError } from './vtl-error.ts'

/** UTF-16 units that a template may have. Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const templateLengthMax = 300 * 1024

/** Limits that no template of good will meets. Chosen: docs/decisions/0029-mapping-templates.md */
export const defaultLimits: RenderLimits = Object.freeze({
  loopTurnsMax: 1000,
  outputLengthMax: 10 * 1024 * 1024,
  stepsMax: 500_000,
  membersMax: 100_000,
})

/** A template that can be rendered, any number of times. */
export interface CompiledTemplate {
  /**
   * Renders with the values that names stand for.
   *
   * @throws {VtlError} when it fails or hits a limit.
   */
  render(values: ReadonlyMap<string, Value>): string
  /**
   * The same within some milliseconds; undefined when it takes longer, and then nothing has come of it.
   *
   * @throws {VtlError}
   */
  renderAtOnce(values: ReadonlyMap<string, Value>): string | undefined
}

/** What a template is compiled for; without anything: as stock Velocity, with the limits of AWS. */
export interface CompileOptions {
  readonly dialect?: Dialect
  readonly limits?: Partial<RenderLimits>
}

/**
 * Compiles a template of Velocity 1.7.
 *
 * @throws {VtlError} for what is no template, is too large, or asks for what is refused.
 */
export function compileTemplate(text: string, options: CompileOptions = {}): CompiledTemplate {
  return atOnce(compileTemplateSteps(text, options))
}

/** The same in steps of a few milliseconds: whoever calls may pause between any two. */
export function* compileTemplateSteps(
  text: string,
  options: CompileOptions = {},
): Steps<CompiledTemplate> {
  const { dialect = velocityDialect } = options
  const limits: RenderLimits = Object.freeze({ ...defaultLimits, ...options.limits })
  if (text.length > templateLengthMax) {
    const position = positionAt(text, templateLengthMax)
    throw new VtlError('limit', `the template is longer than ${templateLengthMax}`, position)
  }
  const countsLoops = /velocity(?:Count|HasNext)|#\{?evaluate|\\u/.test(text)
  function* compile(registry: MacroRegistry): Steps<Render> {
    const part = yield* readPart(text, { registry, dialect, countsLoops })
    return (yield* compileTrimmedSteps(part.unit, part.statements, '')).render
  }
  const registry = new MacroRegistry()
  const render = yield* stepsWithPositions(text, compile(registry))
  // What `#evaluate` defines belongs to that rendering alone: such a template is compiled for each.
  const definesWhileRendered = /#\{?evaluate/.test(text)
  const renderWithin = (values: ReadonlyMap<string, Value>, budget: Budget): string => {
    let at = () => 0
    return withPositions(
      text,
      () => at(),
      () => {
        if (definesWhileRendered) budget.work(4 * text.length)
        const own = definesWhileRendered ? new MacroRegistry() : registry
        const renderOwn = definesWhileRendered ? atOnce(compile(own)) : render
        const run = new Run(budget, dialect, own.macros)
        at = () => run.at
        return renderWhole(run, renderOwn, new RootFrame(run, values, own.nameOfSlot))
      },
    )
  }
  return Object.freeze({
    render: (values: ReadonlyMap<string, Value>) => renderWithin(values, new Budget(limits)),
    renderAtOnce(values: ReadonlyMap<string, Value>) {
      try {
        return renderWithin(values, new Budget(limits, true))
      } catch (error) {
        if (error instanceof VtlError && error.kind === 'unfinished') return undefined
        throw error
      }
    },
  })
}

type Shared = Pick<CompileUnit, 'registry' | 'dialect' | 'countsLoops'>

interface Part {
  readonly unit: CompileUnit
  readonly statements: readonly Statement[]
}

function* readPart(text: string, shared: Shared, outerOffset?: number): Steps<Part> {
  const tree = yield* parseTemplateSteps(text, shared.registry)
  const prepared: CompileUnit['prepared'] = {
    blocks: new Map(),
    texts: new Map(),
    plainRuns: new Map(),
  }
  const unit: CompileUnit = {
    ...shared,
    tree,
    outerOffset,
    prepared,
    compileExpression: (node) => compileExpression(unit, node),
    compileBlock: (block) =>
      prepared.blocks.get(block) ?? compileStatements(unit, block.statements),
    compileNested: (nested, offset) => atOnce(unit.compileNestedSteps(nested, offset)),
    *compileNestedSteps(nested, offset) {
      try {
        const part = yield* readPart(nested, shared, offset)
        return yield* compileTrimmedSteps(part.unit, part.statements, ' ')
      } catch (error) {
        if (!(error instanceof VtlError)) throw error
        throw new NestedError(error, offset)
      }
    },
  }
  return { unit, statements: tree.statements }
}

/** An error of a text within the template, on its way to where the whole is known. */
class NestedError extends Error {
  readonly inner: VtlError
  readonly offset: number

  constructor(inner: VtlError, offset: number) {
    super(inner.message)
    this.inner = inner
    this.offset = offset
  }
}

function renderWhole(run: Run, render: Render, frame: RootFrame): string {
  try {
    render(frame)
  } catch (error) {
    if (!(error instanceof StopSignal)) throw error
    if (typeof error.target !== 'string') {
      throw new TemplateFailure('runtime', '#break was given a loop that is over')
    }
  }
  return run.out
}

/** Gives errors the place in the template that they belong to. */
function withPositions<Result>(text: string, at: () => number, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw placed(error, text, at())
  }
}

/** The same of work that pauses. */
function* stepsWithPositions<Result>(text: string, steps: Steps<Result>): Steps<Result> {
  try {
    return yield* steps
  } catch (error) {
    throw placed(error, text, 0)
  }
}

function placed(error: unknown, text: string, at: number): unknown {
  if (error instanceof NestedError) {
    return new VtlError(error.inner.kind, error.message, positionAt(text, error.offset))
  }
  if (error instanceof TemplateFailure) {
    return new VtlError(error.kind, error.message, positionAt(text, at))
  }
  // The stack is what ends first where much lies within much.
  if (error instanceof RangeError) {
    return new VtlError('limit', 'the template is nested too deep', positionAt(text, at))
  }
  return error
}
