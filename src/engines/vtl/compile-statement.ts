import { compileDirective } from './compile-directive.ts'
import { compileExpression, compileTest } from './compile-expression.ts'
import { plainRun } from './compile-plain-run.ts'
import { compileReference, type PlainReference } from './compile-reference.ts'
import { type CompileUnit, offsetOf, stepsOf, tokenAt } from './compile-unit.ts'
import { type Render, renderNothing, type Test } from './frame.ts'
import type { Statement } from './syntax-tree.ts'
import { literalOf } from './tokens.ts'

/** Compiles statements to what renders them one behind the other. */
export function compileStatements(unit: CompileUnit, statements: readonly Statement[]): Render {
  return compileTrimmed(unit, statements, '').render
}

/** The same, without what ends the last text; `isTrimmed`: it did end it. */
export function compileTrimmed(
  unit: CompileUnit,
  statements: readonly Statement[],
  end: string,
): { readonly render: Render; readonly isTrimmed: boolean } {
  const renders: Render[] = []
  let plain: PlainReference[] = []
  let text = ''
  const flush = () => {
    if (plain.length > 0) renders.push(plainRun(plain, text))
    else if (text !== '') renders.push(textRenderer(text))
    plain = []
    text = ''
  }
  for (const statement of statements) {
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
