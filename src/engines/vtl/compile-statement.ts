import { compileDirective } from './compile-directive.ts'
import { compileExpression, compileTest, nestedSource } from './compile-expression.ts'
import { plainRun } from './compile-plain-run.ts'
import { compileReference, type PlainReference } from './compile-reference.ts'
import {
  type CompileUnit,
  type NestedTemplate,
  offsetOf,
  stepsOf,
  tokenAt,
} from './compile-unit.ts'
import { type Render, renderNothing, type Test } from './frame.ts'
import { atOnce, type Steps } from './steps.ts'
import type { Block, NodeSpan, Reference, Statement } from './syntax-tree.ts'
import { literalOf, tokenKind } from './tokens.ts'

/** Compiles statements to what renders them one behind the other. */
export function compileStatements(unit: CompileUnit, statements: readonly Statement[]): Render {
  return compileTrimmed(unit, statements, '').render
}

/** The same, without what ends the last text; `isTrimmed`: it did end it. */
function compileTrimmed(
  unit: CompileUnit,
  statements: readonly Statement[],
  end: string,
): NestedTemplate {
  return atOnce(compileTrimmedSteps(unit, statements, end))
}

/** Statements that are compiled between two steps. */
const statementsPerStep = 40

/** The same in steps of a millisecond or a few: whoever calls may pause between any two. */
export function* compileTrimmedSteps(
  unit: CompileUnit,
  statements: readonly Statement[],
  end: string,
): Steps<NestedTemplate> {
  const renders: Render[] = []
  let plain: PlainReference[] = []
  let text = ''
  const flush = () => {
    if (plain.length > 0) {
      const render = plainRun(plain, text)
      unit.prepared.plainRuns.set(render, { references: plain, tail: text })
      renders.push(render)
    } else if (text !== '') renders.push(textRenderer(text))
    plain = []
    text = ''
  }
  for (const [index, statement] of statements.entries()) {
    if (index % statementsPerStep === statementsPerStep - 1) yield
    yield* prepareParts(unit, statement)
    const fixed = fixedText(unit, statement)
    if (fixed !== undefined) text += fixed
    else if (statement.kind === 'reference') {
      const reference = compileReference(unit, statement, text)
      text = ''
      if (reference.plain !== undefined) plain.push(reference.plain)
      else {
        flush()
        renders.push(reference.render)
      }
    } else if (isPlainIf(unit, statement)) {
      plain.push(compilePlainIf(unit, statement, text))
      text = ''
    } else {
      flush()
      renders.push(compileStatement(unit, statement))
    }
  }
  const isTrimmed = text !== '' && text.endsWith(end)
  if (isTrimmed) text = text.slice(0, text.length - end.length)
  flush()
  return { render: sequence(renders), isTrimmed }
}

/** Compiles what may be long within a statement: its blocks, and texts that are templates. */
function* prepareParts(unit: CompileUnit, statement: Statement): Steps<void> {
  let place = statement.first
  for (const block of blocksOf(statement)) {
    yield* prepareTexts(unit, place, block.first)
    const { render } = yield* compileTrimmedSteps(unit, block.statements, '')
    unit.prepared.blocks.set(block, render)
    place = block.last + 1
  }
  yield* prepareTexts(unit, place, statement.last + 1)
}

function blocksOf(statement: Statement): readonly Block[] {
  if (statement.kind === 'if') return statement.branches.map(({ block }) => block)
  return statement.kind === 'directive' && statement.block !== undefined ? [statement.block] : []
}

/** Longer texts are compiled in steps of their own. */
const textLengthAtOnceMax = 1000
/** A macro that a text defines comes before those of a block behind it: the first of a name stands. */
const definesMacro = /#\{?macro/

function* prepareTexts(unit: CompileUnit, from: number, end: number): Steps<void> {
  if (end - from < 2) return
  for (let place = from; place < end; place += 1) {
    const token = unit.tree.tokens[place]
    if (token?.kind !== tokenKind.string) continue
    const isLong = token.image.length >= textLengthAtOnceMax
    if (!isLong && !definesMacro.test(token.image)) continue
    const { source, isTemplate } = nestedSource(token.image)
    if (!isTemplate) continue
    const offset = unit.outerOffset ?? token.begin
    unit.prepared.texts.set(place, yield* unit.compileNestedSteps(source, offset))
    if (isLong) yield
  }
}

function textRenderer(text: string): Render {
  return ({ run }) => {
    run.budget.spend(1)
    run.write(text)
  }
}

function sequence(renders: readonly Render[]): Render {
  const [first, second, third] = renders
  if (first === undefined) return renderNothing
  if (second === undefined) return first
  if (third === undefined) {
    return (frame) => {
      first(frame)
      second(frame)
    }
  }
  if (renders.length === 3) {
    return (frame) => {
      first(frame)
      second(frame)
      third(frame)
    }
  }
  return (frame) => {
    for (let i = 0; i < renders.length; i += 1) renders[i]?.(frame)
  }
}

/** An `#if` whose condition is a name or one property of it, and whose block is a text. */
interface PlainIf {
  readonly kind: 'if'
  readonly branches: readonly [
    { readonly condition: NodeSpan & { readonly inner: Reference }; readonly block: Block },
  ]
}

function isPlainIf(unit: CompileUnit, statement: Statement): statement is Statement & PlainIf {
  if (statement.kind !== 'if') return false
  const [only, second] = statement.branches
  if (only?.condition?.kind !== 'group' || second !== undefined) return false
  const { inner } = only.condition
  if (inner.kind !== 'reference' || inner.accesses.length > 1) return false
  if (inner.accesses.some(({ kind }) => kind !== 'property')) return false
  // Nothing but the name is in its first token: no backslash, and no sign more.
  if (!/^\$!?(?:\{|[A-Za-z_])/.test(tokenAt(unit, inner.first).image)) return false
  return only.block.statements.every((one) => fixedText(unit, one) !== undefined)
}

function compilePlainIf(unit: CompileUnit, { branches }: PlainIf, lead: string): PlainReference {
  const [{ condition, block }] = branches
  const { slot, test, plain } = compileReference(unit, condition.inner)
  const whenTrue = block.statements.map((one) => fixedText(unit, one) ?? '').join('')
  const at = offsetOf(unit, condition)
  const render: Render = (frame) => {
    frame.run.at = at
    frame.run.budget.spend(1)
    frame.run.write(lead)
    if (test(frame)) frame.run.write(whenTrue)
  }
  const { property, getter, ofLoop } = plain ?? nothingRead
  // A condition prints nothing itself.
  return {
    slot,
    at,
    property,
    getter,
    ofLoop,
    before: lead,
    lead,
    whenTrue,
    print: renderNothing,
    printValue: renderNothing,
    render,
  }
}

const nothingRead = Object.freeze({ property: undefined, getter: '', ofLoop: undefined })

/** The text of a statement that is always the same. */
function fixedText(unit: CompileUnit, statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'text':
      return literalOf(tokenAt(unit, statement.first))
    case 'escape':
      return statement.text
    case 'escaped-directive':
      return tokenAt(unit, statement.first).image
    case 'textblock':
      return tokenAt(unit, statement.first).image.slice(3, -3)
    case 'comment':
      return textBeforeComment(tokenAt(unit, statement.first).image)
    default:
      return undefined
  }
}

/** A `$` that a comment interrupts is printed. */
function textBeforeComment(image: string): string {
  const line = image.indexOf('##')
  const block = image.indexOf('#*')
  if (line < 0 && block < 0) return ''
  return image.slice(0, line < 0 ? block : line)
}

function compileStatement(unit: CompileUnit, statement: Statement): Render {
  switch (statement.kind) {
    case 'reference':
      return compileReference(unit, statement).render
    case 'set':
      return compileSet(unit, statement)
    case 'if':
      return compileIf(unit, statement)
    case 'directive':
      return compileDirective(unit, statement)
    default:
      return renderNothing
  }
}

function compileSet(unit: CompileUnit, node: Extract<Statement, { kind: 'set' }>): Render {
  const { assign } = compileReference(unit, node.left)
  const evaluate = compileExpression(unit, node.right)
  const offset = offsetOf(unit, node)
  const steps = stepsOf(node)
  const isName = node.left.accesses.length === 0
  // The name is what stands behind the first sign, be that a brace.
  const slot = unit.registry.slotOf(tokenAt(unit, node.left.first).image.slice(1))
  const { setsNulls } = unit.dialect
  return (frame) => {
    const { run } = frame
    run.at = offset
    run.budget.spend(steps)
    const value = evaluate(frame)
    if (value === null && !setsNulls) return
    if (isName) frame.put(slot, value)
    else assign(frame, value)
  }
}

function compileIf(unit: CompileUnit, node: Extract<Statement, { kind: 'if' }>): Render {
  const offset = offsetOf(unit, node)
  const branches = node.branches.map(({ condition, block }) => ({
    test: condition === undefined ? always : compileTest(unit, condition),
    steps: condition === undefined ? 1 : stepsOf(condition),
    render: unit.compileBlock(block),
  }))
  const [only] = branches
  if (only !== undefined && branches.length === 1) {
    const { test, render, steps } = only
    return (frame) => {
      frame.run.at = offset
      frame.run.budget.spend(steps)
      if (test(frame)) render(frame)
    }
  }
  return (frame) => {
    const { run } = frame
    run.at = offset
    for (let i = 0; i < branches.length; i += 1) {
      const branch = branches[i]
      if (branch === undefined) continue
      run.budget.spend(branch.steps)
      if (!branch.test(frame)) continue
      branch.render(frame)
      return
    }
  }
}

const always: Test = () => true
