import { type CompileUnit, offsetOf, sourceOf, stepsOf, tokenAt } from './compile-unit.ts'
import type { Evaluate, Frame, Render, Test } from './frame.ts'
import {
  callMethod,
  findLoopProperty,
  getterName,
  itemOf,
  propertyOf,
  propertyReader,
  setItem,
  setProperty,
} from './members.ts'
import type { Access, Reference } from './syntax-tree.ts'
import { DefinedBlock, JavaMap, LoopScope, type Value } from './values.ts'
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
  /** There when it prints a name, or one property of it; then a run of them prints faster. */
  readonly plain: PlainReference | undefined
}

/** A reference that prints what a name stands for, or one property of that. */
export interface PlainReference {
  readonly slot: number
  /** Undefined: the value itself. */
  readonly property: string | undefined
  readonly getter: string
  /** The property of a loop's scope; undefined: `$foreach` is not asked, or has no such one of its own. */
  readonly ofLoop: ReturnType<typeof findLoopProperty>
  /** Where in the template it is. */
  readonly at: number
  /** The text before it, and what it prints itself before any value. */
  readonly before: string
  /** Printed when it holds, in place of its value: it is the condition of an `#if`. */
  readonly whenTrue: string | undefined
  /** The text before it alone. */
  readonly lead: string
  /** Prints a value that is no text, and what stands before it. */
  readonly print: (frame: Frame, value: Value) => void
  /** The same without the text before it. */
  readonly printValue: (frame: Frame, value: Value) => void
  readonly render: Render
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

/** Compiles a reference. `lead`: the text that stands before it, which it prints first. */
export function compileReference(unit: CompileUnit, node: Reference, lead = ''): CompiledReference {
  const steps = node.accesses.map((access) => compileAccess(unit, access))
  const notation = readNotation(unit, node)
  const slot = unit.registry.slotOf(notation.name)
  const property = onlyProperty(unit, node)
  const execute = executor(notation, { slot, steps, property })
  const written = writtenText(notation)
  const print = printer(unit, { notation, slot }, written)
  const render = renderer(unit, { notation, execute, lead, print, written }, node)
  const isPlain =
    !(notation.isBare || notation.isEscaped || notation.isText) &&
    (property !== undefined || steps.length === 0)
  const at = offsetOf(unit, node)
  const plain: PlainReference = {
    slot,
    at,
    property,
    getter: property === undefined ? '' : getterName(property),
    ofLoop:
      property === undefined || notation.name !== 'foreach'
        ? undefined
        : findLoopProperty(getterName(property)),
    before: lead + notation.slashes + notation.prefix,
    lead,
    whenTrue: undefined,
    printValue: print,
    print: (frame, value) => {
      frame.run.at = at
      if (lead !== '') frame.run.write(lead)
      print(frame, value)
    },
    render,
  }
  return {
    slot,
    evaluate: notation.isText ? () => null : execute,
    test: tester(execute),
    render,
    assign: assigner(unit, { slot, steps, accesses: node.accesses }),
    plain: isPlain ? plain : undefined,
  }
}

/** The name of the property that is all a reference asks for. */
function onlyProperty(unit: CompileUnit, { accesses }: Reference): string | undefined {
  const [only] = accesses
  if (only?.kind !== 'property' || accesses.length > 1) return undefined
  return tokenAt(unit, only.first).image
}

function executor(
  { name, isBare }: Notation,
  {
    slot,
    steps,
    property,
  }: {
    readonly slot: number
    readonly steps: readonly Step[]
    readonly property: string | undefined
  },
): Evaluate {
  if (isBare) return () => null
  const [first, second] = steps
  if (first === undefined) return (frame) => frame.get(slot)
  if (property !== undefined) {
    // What most references are, without the way through a list of steps.
    const getter = getterName(property)
    const ofLoop = name === 'foreach' ? findLoopProperty(getter) : undefined
    if (ofLoop !== undefined) {
      return (frame) => {
        const loop = frame.get(slot)
        if (loop instanceof LoopScope) return ofLoop(loop) ?? loop.get(property)
        return loop === null ? null : propertyOf(loop, property, getter)
      }
    }
    return (frame) => {
      const root = frame.get(slot)
      if (root instanceof JavaMap) return root.named(property)
      return root === null ? null : propertyOf(root, property, getter)
    }
  }
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

/** Prints a value as the reference's, or what stands for none. */
function printer(
  unit: CompileUnit,
  { notation, slot }: { readonly notation: Notation; readonly slot: number },
  written: (frame: Frame) => string,
): (frame: Frame, value: Value) => void {
  const { prefix, slashes, isText } = notation
  const hides = unit.dialect.hidesNulls && !isText
  const before = slashes + prefix
  return (frame, value) => {
    const { run } = frame
    if (value instanceof DefinedBlock && value.render(frame)) return
    const text = textOf(value, run.budget)
    if (text !== null) run.write(before === '' ? text : before + text)
    else {
      const shown = hides && frame.isKnown(slot) ? '' : written(frame)
      run.write(slashes + before + shown)
    }
  }
}

/** A parameter of a macro without a value is printed as it was written where the macro was called. */
function writtenText({ source }: Notation): (frame: Frame) => string {
  const parameter = source.startsWith('$') ? source.slice(1) : undefined
  if (parameter === undefined) return () => source
  return (frame) => frame.literalOf(parameter) ?? source
}

function renderer(
  unit: CompileUnit,
  reference: {
    readonly notation: Notation
    readonly execute: Evaluate
    readonly lead: string
    readonly print: (frame: Frame, value: Value) => void
    readonly written: (frame: Frame) => string
  },
  node: Reference,
): Render {
  const { notation, execute, lead, print, written } = reference
  const { name, slashes, isEscaped, isBare } = notation
  const offset = offsetOf(unit, node)
  if (isBare) return ({ run }) => run.write(lead + name)
  if (isEscaped) {
    return (frame) => {
      frame.run.write(lead)
      const isNull = execute(frame) === null
      frame.run.write(slashes + (isNull ? '\\' : '') + written(frame))
    }
  }
  const steps = stepsOf(node)
  return (frame) => {
    const { run } = frame
    run.at = offset
    run.budget.spend(steps)
    // Before the value is known: `#stop` within it leaves what stands before it.
    if (lead !== '') run.write(lead)
    print(frame, execute(frame))
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
