import { type CompileUnit, offsetOf, sourceOf, tokenAt } from './compile-unit.ts'
import type { Evaluate, Frame, Render, Test } from './frame.ts'
import { callMethod, itemOf, propertyReader, setItem, setProperty } from './members.ts'
import type { Access, Reference } from './syntax-tree.ts'
import { DefinedBlock, type Value } from './values.ts'
import { textOf } from './value-text.ts'

/** A reference that was compiled, for each use that can be made of it. */
export interface CompiledReference {
  readonly evaluate: Evaluate
  readonly test: Test
  readonly render: Render
  /** Where the name behind the `$` is kept. */
  readonly slot: number
  /** Sets what the accesses lead to; not for a mere name. */
  readonly assign: (frame: Frame, value: Value) => void
}

/** How a reference is written: what its first token holds besides the name. */
interface Notation {
  readonly name: string
  /** Printed before it in any case. */
  readonly prefix: string
  /** Half of the backslashes before it. */
  readonly slashes: string
  /** An odd number of backslashes stood before it: it is printed, not evaluated. */
  readonly isEscaped: boolean
  /** Printed when it has no value. */
  readonly source: string
  /** A name without a `$`: printed as it is. */
  readonly isBare: boolean
  /** `$\!…`: printed, and never a value. */
  readonly isText: boolean
}

type Step = (target: Value, frame: Frame) => Value

/** Compiles a reference. */
export function compileReference(unit: CompileUnit, node: Reference): CompiledReference {
  const steps = node.accesses.map((access) => compileAccess(unit, access))
  const notation = readNotation(unit, node)
  const slot = unit.registry.slotOf(notation.name)
  const execute = executor(notation, slot, steps)
  return {
    slot,
    evaluate: notation.isText ? () => null : execute,
    test: tester(execute),
    render: renderer(unit, { notation, execute, slot }, node),
    assign: assigner(unit, { slot, steps, accesses: node.accesses }),
  }
}

function executor({ isBare }: Notation, slot: number, steps: readonly Step[]): Evaluate {
  if (isBare) return () => null
  const [first, second] = steps
  if (first === undefined) return (frame) => frame.get(slot)
  if (second === undefined) {
    return (frame) => {
      const root = frame.get(slot)
      return root === null ? null : first(root, frame)
    }
  }
  return (frame) => {
    let value = frame.get(slot)
    for (let i = 0; i < steps.length && value !== null; i += 1) {
      value = steps[i]?.(value, frame) ?? null
    }
    return value
  }
}

function tester(execute: Evaluate): Test {
  return (frame) => {
    const value = execute(frame)
    if (typeof value === 'boolean') return value
    if (value === null) return false
    return value instanceof DefinedBlock ? value.text() !== null : true
  }
}

function compileAccess(unit: CompileUnit, access: Access): Step {
  if (access.kind === 'index') {
    const place = unit.compileExpression(access.parameter)
    return (target, frame) => itemOf(target, place(frame), frame.run.budget)
  }
  const name = tokenAt(unit, access.first).image
  if (access.kind === 'property') return propertyReader(name)
  const parameters = access.parameters.map((parameter) => unit.compileExpression(parameter))
  const [only] = parameters
  if (only !== undefined && parameters.length === 1) {
    return (target, frame) =>
      callMethod(target, { name, parameters: [only(frame)] }, frame.run.budget) ?? null
  }
  return (target, frame) => {
    const given = parameters.map((parameter) => parameter(frame))
    return callMethod(target, { name, parameters: given }, frame.run.budget) ?? null
  }
}

function assigner(
  unit: CompileUnit,
  target: {
    readonly slot: number
    readonly steps: readonly Step[]
    readonly accesses: readonly Access[]
  },
): CompiledReference['assign'] {
  const { slot, steps, accesses } = target
  const last = accesses.at(-1)
  if (last === undefined) return (frame, value) => frame.put(slot, value)
  const before = steps.slice(0, -1)
  const place = last.kind === 'index' ? unit.compileExpression(last.parameter) : undefined
  const property = tokenAt(unit, last.first).image
  return (frame, value) => {
    let owner = frame.get(slot)
    for (const step of before) {
      if (owner === null) return
      owner = step(owner, frame)
    }
    if (owner === null) return
    const { budget } = frame.run
    if (place === undefined) setProperty(owner, { name: property, value }, budget)
    else setItem(owner, { place: place(frame), value }, budget)
  }
}

function renderer(
  unit: CompileUnit,
  reference: {
    readonly notation: Notation
    readonly execute: Evaluate
    readonly slot: number
  },
  node: Reference,
): Render {
  const { notation, execute, slot } = reference
  const { name, prefix, slashes, source, isEscaped, isBare, isText } = notation
  const offset = offsetOf(unit, node)
  if (isBare) return ({ run }) => run.write(name)
  // A parameter of a macro without a value is printed as it was written where the macro was called.
  const parameter = source.startsWith('$') ? source.slice(1) : undefined
  const written = (frame: Frame): string =>
    (parameter === undefined ? undefined : frame.literalOf(parameter)) ?? source
  if (isEscaped) {
    return (frame) => {
      const isNull = execute(frame) === null
      frame.run.write(slashes + (isNull ? '\\' : '') + written(frame))
    }
  }
  const hides = unit.dialect.hidesNulls && !isText
  const before = slashes + prefix
  return (frame) => {
    const { run } = frame
    run.at = offset
    run.budget.spend(1)
    const value = execute(frame)
    if (value instanceof DefinedBlock && value.render(frame)) return
    const text = typeof value === 'string' ? value : textOf(value, run.budget)
    if (text !== null) run.write(before === '' ? text : before + text)
    else {
      const shown = hides && frame.isKnown(slot) ? '' : written(frame)
      run.write(slashes + before + shown)
    }
  }
}

/** Reads a first token as `\\\$$!name`, and leaves it without what stands before the last `$`. */
function readNotation(unit: CompileUnit, node: Reference): Notation {
  const token = tokenAt(unit, node.first)
  const plain = { prefix: '', slashes: '', isEscaped: false, isBare: false, isText: false }
  if (token.image.includes('\\!')) {
    const dollar = token.image.indexOf('$')
    const start = token.image.indexOf('\\', dollar)
    const count = /^\\*/.exec(token.image.slice(start))?.[0].length ?? 0
    const source =
      token.image.slice(0, start) +
      token.image.slice(start, start + count - 1) +
      token.image.slice(start + count)
    return { ...plain, name: source, source, isText: true }
  }
  const count = leadingSlashes(token.image)
  const isEscaped = count % 2 === 1
  const slashes = '\\'.repeat(Math.floor(count / 2))
  if (count > 0) token.image = token.image.slice(count)
  const dollar = token.image.lastIndexOf('$')
  const prefix = dollar > 0 ? token.image.slice(0, dollar) : ''
  if (dollar > 0) token.image = token.image.slice(dollar)
  const written = sourceOf(unit, node)
  const notation = { ...plain, prefix, slashes, isEscaped }
  const { image } = token
  const next = unit.tree.tokens[node.first + 1]?.image ?? ''
  if (image.startsWith('$!')) {
    const name = image.startsWith('$!{') ? next : image.slice(2)
    return { ...notation, name, source: isEscaped ? written : '' }
  }
  if (image === '${') return { ...notation, name: next, source: written }
  if (image.startsWith('$')) return { ...notation, name: image.slice(1), source: written }
  return { ...notation, name: image, source: written, isBare: true }
}

function leadingSlashes(image: string): number {
  let count = 0
  while (image.charCodeAt(count) === 92) count += 1
  return count
}
