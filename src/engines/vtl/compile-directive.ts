import { compileForeach } from './compile-foreach.ts'
import { compileReference } from './compile-reference.ts'
import { type CompileUnit, offsetOf, sourceOf, stepsOf, tokenAt } from './compile-unit.ts'
import {
  type Frame,
  MacroFrame,
  type MacroParameter,
  type Render,
  renderNothing,
  StopSignal,
} from './frame.ts'
import { isDirectiveName } from './parse-template.ts'
import type { Directive, Expression } from './syntax-tree.ts'
import { DefinedBlock, LoopScope } from './values.ts'
import { textOf } from './value-text.ts'
import { positionAt, TemplateFailure, VtlError } from './vtl-error.ts'

/** Macros in one another. Documented: velocimacro.max.depth of Velocity 1.7. */
const macroDepthMax = 20
/** How often a block may be within itself. Documented: directive.define.max.depth of Velocity 1.7. */
const defineDepthMax = 2
/** What leaving a loop counts for: an error is thrown and caught. */
const stopSteps = 10
/** Chosen: `#evaluate` within `#evaluate`. */
const evaluateDepthMax = 20

/** Compiles a directive of Velocity's own, or the call of a macro. */
export function compileDirective(unit: CompileUnit, node: Directive): Render {
  const { name } = node
  switch (name) {
    case 'foreach':
      if (node.block === undefined) fail(unit, node, '#foreach takes ($item in $list)')
      return compileForeach(unit, node)
    case 'macro':
      return defineMacro(unit, node)
    case 'define':
      return compileDefine(unit, node)
    case 'literal':
      return compileLiteral(unit, node)
    case 'evaluate':
      return compileEvaluate(unit, node)
    case 'break':
      return compileBreak(unit, node)
    case 'stop':
      return compileStop(unit, node)
    case 'include':
    case 'parse':
      throw new VtlError(
        'refused',
        `#${name} is not allowed: a template has no files`,
        positionAt(unit.tree.text, offsetOf(unit, node)),
      )
    default:
      return compileCall(unit, node)
  }
}

function fail(unit: CompileUnit, node: Directive, message: string): never {
  throw new VtlError('syntax', message, positionAt(unit.tree.text, offsetOf(unit, node)))
}

function defineMacro(unit: CompileUnit, node: Directive): Render {
  const [, ...parameters] = node.parameters
  for (const parameter of node.parameters) unit.compileExpression(parameter)
  const names = parameters.map((parameter) => {
    const { image } = tokenAt(unit, parameter.first)
    return image.startsWith('$') ? image.slice(1) : image
  })
  const body = node.block === undefined ? renderNothing : unit.compileBlock(node.block)
  unit.registry.define(tokenAt(unit, (node.parameters[0] ?? node).first).image, {
    parameters: names.map((name) => ({ name, slot: unit.registry.slotOf(name) })),
    body,
  })
  return renderNothing
}

/** A block that a name stands for: rendered where the name is printed. */
function definedBlock(body: Render, frame: Frame, depthMax: number): DefinedBlock {
  const renderIn = (place: Frame): boolean => {
    block.depth += 1
    if (block.depth > depthMax) {
      block.depth -= 1
      return false
    }
    try {
      body(place)
    } catch (error) {
      if (!(error instanceof StopSignal) || error.target !== 'nearest') throw error
    }
    block.depth -= 1
    return true
  }
  const block: DefinedBlock = new DefinedBlock(
    () => {
      let isRendered = false
      const text = frame.run.capture(() => {
        isRendered = renderIn(frame)
      })
      return isRendered ? text : null
    },
    // Only the renderer of references calls it, with the frame that it is in.
    (place) => renderIn(place as Frame),
  )
  return block
}

function compileDefine(unit: CompileUnit, node: Directive): Render {
  for (const parameter of node.parameters) unit.compileExpression(parameter)
  const body = node.block === undefined ? renderNothing : unit.compileBlock(node.block)
  const [parameter] = node.parameters
  if (parameter === undefined || node.parameters.length !== 1) {
    return fail(unit, node, '#define takes one name')
  }
  const slot = unit.registry.slotOf(tokenAt(unit, parameter.first).image.slice(1))
  return (frame) => frame.put(slot, definedBlock(body, frame, defineDepthMax))
}

function compileLiteral(unit: CompileUnit, node: Directive): Render {
  for (const parameter of node.parameters) unit.compileExpression(parameter)
  if (node.block !== undefined) unit.compileBlock(node.block)
  const printed = node.parameters[0] ?? node.block
  if (printed === undefined) return fail(unit, node, '#literal is followed by ()')
  const text = sourceOf(unit, printed)
  return ({ run }) => run.write(text)
}

function compileEvaluate(unit: CompileUnit, node: Directive): Render {
  const [parameter] = node.parameters
  const isText = parameter?.kind === 'string' || parameter?.kind === 'reference'
  if (parameter === undefined || node.parameters.length !== 1 || !isText) {
    return fail(unit, node, '#evaluate takes one text or reference')
  }
  const evaluate = unit.compileExpression(parameter)
  const offset = offsetOf(unit, node)
  return (frame) => {
    const { run } = frame
    run.at = offset
    const value = evaluate(frame)
    const text = value === null ? '' : textOf(value, run.budget)
    if (text === null) throw new TemplateFailure('runtime', '#evaluate was given no text')
    if (run.evaluateDepth >= evaluateDepthMax) {
      throw new TemplateFailure(
        'limit',
        `#evaluate is within itself more than ${evaluateDepthMax} times`,
      )
    }
    // Reading a template takes time in proportion.
    run.budget.spend(50 + 4 * text.length)
    const { render, isTrimmed } = unit.compileNested(text, offset)
    run.macros = unit.registry.macros
    run.evaluateDepth += 1
    try {
      render(frame)
      if (isTrimmed) run.write(' ')
    } catch (error) {
      const isOwn = error instanceof StopSignal && typeof error.target === 'string'
      if (!isOwn) throw error
    } finally {
      run.evaluateDepth -= 1
    }
  }
}

function compileBreak(unit: CompileUnit, node: Directive): Render {
  const parameters = node.parameters.map((parameter) => unit.compileExpression(parameter))
  if (parameters.length > 1) fail(unit, node, '#break takes one scope')
  const [scope] = parameters
  if (scope === undefined) {
    const signal = new StopSignal('nearest')
    return ({ run }) => {
      run.budget.spend(stopSteps)
      throw signal
    }
  }
  return (frame) => {
    const value = scope(frame)
    frame.run.budget.spend(5 * stopSteps)
    if (value instanceof LoopScope) throw new StopSignal(value.owner)
    throw new TemplateFailure('runtime', '#break was given what is no scope')
  }
}

function compileStop(unit: CompileUnit, node: Directive): Render {
  const parameters = node.parameters.map((parameter) => unit.compileExpression(parameter))
  if (parameters.length > 1) fail(unit, node, '#stop takes one message')
  const [message] = parameters
  const signal = new StopSignal('all')
  return (frame) => {
    message?.(frame)
    throw signal
  }
}

/** What is evaluated anew each time that the macro asks for it; the others are always the same. */
const lazyKinds: ReadonlySet<Expression['kind']> = new Set([
  'string',
  'reference',
  'range',
  'map',
  'list',
])

function compileParameter(unit: CompileUnit, node: Expression): MacroParameter {
  const evaluate =
    node.kind === 'reference' && node.accesses.length === 0
      ? byName(compileReference(unit, node).slot)
      : unit.compileExpression(node)
  return { evaluate, literal: sourceOf(unit, node) }
}

function byName(slot: number): MacroParameter['evaluate'] {
  return (frame) => frame.get(slot)
}

/** A macro may be defined behind its call; without a definition the call is text. */
function compileCall(unit: CompileUnit, node: Directive): Render {
  const isBlock = node.name.startsWith('@') && !isDirectiveName(node.name)
  if (isBlock && node.block === undefined) {
    const text = `#${node.name}`
    return ({ run }) => run.write(text)
  }
  const name = isBlock ? node.name.slice(1) : node.name
  const parameters = node.parameters.map((parameter) => ({
    isLazy: lazyKinds.has(parameter.kind),
    ...compileParameter(unit, parameter),
  }))
  const body = node.block === undefined ? undefined : unit.compileBlock(node.block)
  const bodySlot = unit.registry.slotOf('bodyContent')
  const steps = node.parameters.reduce((sum, parameter) => sum + 1 + stepsOf(parameter), 4)
  const hasWord = node.parameters.some(({ kind }) => kind === 'word')
  const offset = offsetOf(unit, node)
  let text = ''
  for (let place = node.first; place <= node.last; place += 1) text += tokenAt(unit, place).image
  return (frame) => {
    const { run } = frame
    run.at = offset
    run.budget.spend(steps)
    const macro = run.macros.get(name)
    if (macro === undefined) {
      run.write(text)
      return
    }
    if (hasWord) throw new TemplateFailure('runtime', `a word is no parameter of #${name}`)
    const inner = new MacroFrame(frame)
    for (let i = 0; i < macro.parameters.length && i < parameters.length; i += 1) {
      const parameter = parameters[i]
      const formal = macro.parameters[i]
      if (formal === undefined) continue
      if (parameter?.isLazy === true) inner.setParameter(formal, parameter)
      else inner.setConstant(formal.slot, parameter?.evaluate(frame) ?? null)
    }
    if (body !== undefined) inner.setConstant(bodySlot, definedBlock(body, frame, macroDepthMax))
    callMacro(inner, macro.body, name)
  }
}

/** The depth stays when a macro is left by a `#break`, as it does in Velocity. */
function callMacro(frame: Frame, body: Render, name: string): void {
  const { run } = frame
  if (run.macroDepth >= macroDepthMax) {
    throw new TemplateFailure(
      'limit',
      `more than ${macroDepthMax} macros in one another, at #${name}`,
    )
  }
  run.macroDepth += 1
  try {
    body(frame)
  } catch (error) {
    if (error instanceof StopSignal && error.target === 'nearest') return
    throw error
  }
  run.macroDepth -= 1
}
