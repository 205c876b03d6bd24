import type { Budget } from './budget.ts'
import { iteratorOf, valuesOf } from './collection-methods.ts'
import { compilePlainLoop, type TakeTurns } from './compile-plain-loop.ts'
import { compileReference } from './compile-reference.ts'
import { type CompileUnit, offsetOf, stepsOf, tokenAt } from './compile-unit.ts'
import { type Frame, NullItemFrame, type Render, type Run, StopSignal } from './frame.ts'
import type { Directive } from './syntax-tree.ts'
import { JavaIterator, JavaList, JavaMap, LoopScope, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/** Where the names of a loop are kept. */
interface Loop {
  readonly item: number
  readonly count: number
  readonly hasNext: number
  readonly scope: number
  readonly body: Render
  readonly offset: number
  readonly countsLoops: boolean
  /** Takes the first turns, or all, when the block is plain. */
  readonly takeTurns: TakeTurns | undefined
}

/** Compiles `#foreach($item in $list)`. */
export function compileForeach(unit: CompileUnit, node: Directive): Render {
  const { parameters, block } = node
  const compiled = parameters.map((parameter) => unit.compileExpression(parameter))
  const body = block === undefined ? () => undefined : unit.compileBlock(block)
  const [item] = parameters
  const list = compiled[2]
  if (item === undefined || parameters.length < 2) {
    return () => {
      throw new TemplateFailure('runtime', '#foreach takes ($item in $list)')
    }
  }
  // Without a list it is the block that is gone through, which is none.
  if (list === undefined) return () => undefined
  const { registry } = unit
  const itemSlot =
    item.kind === 'reference'
      ? compileReference(unit, item).slot
      : registry.slotOf(tokenAt(unit, item.first).image.slice(1))
  const slots = { item: itemSlot, scope: registry.slotOf('foreach') }
  const loop: Loop = {
    ...slots,
    count: registry.slotOf('velocityCount'),
    hasNext: registry.slotOf('velocityHasNext'),
    body: parameters.length === 3 ? body : extraRender(unit, node),
    offset: offsetOf(unit, node),
    countsLoops: unit.countsLoops,
    takeTurns: parameters.length === 3 ? plainTurns(unit, body, slots) : undefined,
  }
  const steps = 2 + parameters.reduce((sum, parameter) => sum + stepsOf(parameter), 0)
  return (frame) => {
    const { run } = frame
    run.at = loop.offset
    run.budget.spend(steps)
    const iterator = findIterator(list(frame), run.budget)
    if (iterator !== undefined) runLoop(frame, loop, iterator)
  }
}

/** Undefined: the turns are taken one by one. */
function plainTurns(
  { prepared, countsLoops }: CompileUnit,
  body: Render,
  slots: { readonly item: number; readonly scope: number },
): TakeTurns | undefined {
  const plain = prepared.plainRuns.get(body)
  if (plain === undefined || countsLoops || slots.item === slots.scope) return undefined
  return compilePlainLoop(plain, slots)
}

/** A fourth parameter takes the place of the block. */
function extraRender(unit: CompileUnit, { parameters }: Directive): Render {
  const [, , , extra] = parameters
  return extra?.kind === 'reference' ? compileReference(unit, extra).render : () => undefined
}

function findIterator(value: Value, budget: Budget): JavaIterator | undefined {
  if (value instanceof JavaList) return iteratorOf(value, budget)
  if (value instanceof JavaIterator) return value
  const map = value instanceof LoopScope ? value.storage : value
  if (!(map instanceof JavaMap)) return undefined
  budget.spend(map.values.size >> 3)
  return valuesOf(map)
}

interface Saved {
  readonly item: Value
  readonly count: Value
  readonly hasNext: Value
}

function runLoop(frame: Frame, loop: Loop, iterator: JavaIterator): void {
  const saved: Saved = {
    item: frame.get(loop.item),
    count: frame.get(loop.count),
    hasNext: frame.get(loop.hasNext),
  }
  const scope = new LoopScope(frame.get(loop.scope), loop)
  frame.put(loop.scope, scope)
  try {
    runTurns(frame, { loop, scope }, iterator)
  } catch (error) {
    if (!(error instanceof StopSignal)) throw error
    if (error.target !== 'nearest' && error.target !== loop) {
      restore(frame, loop, saved)
      throw error
    }
  }
  restore(frame, loop, saved)
}

function runTurns(
  frame: Frame,
  { loop, scope }: { readonly loop: Loop; readonly scope: LoopScope },
  iterator: JavaIterator,
): void {
  const { run } = frame
  const { body, countsLoops, item: itemSlot } = loop
  loop.takeTurns?.(frame, scope, iterator)
  let turnsLeft = run.budget.limits.loopTurnsMax - scope.index - 1
  let nullFrame: NullItemFrame | undefined
  while (iterator.hasNext()) {
    if (--turnsLeft < 0) refuseTurn(run, loop)
    run.budget.spend(1)
    const item = iterator.take()
    if (item === undefined) {
      throw new TemplateFailure('runtime', 'ConcurrentModificationException: the list was changed')
    }
    scope.index += 1
    scope.hasNext = iterator.hasNext()
    if (countsLoops) {
      frame.put(loop.count, scope.index + 1)
      frame.put(loop.hasNext, scope.hasNext)
    }
    frame.put(itemSlot, item)
    if (item === null) body((nullFrame ??= new NullItemFrame(frame, itemSlot)))
    else body(frame)
  }
}

function refuseTurn(run: Run, { offset }: Loop): never {
  run.at = offset
  const { loopTurnsMax } = run.budget.limits
  throw new TemplateFailure('limit', `#foreach takes more than ${loopTurnsMax} turns`)
}

function restore(frame: Frame, loop: Loop, saved: Saved): void {
  putBack(frame, loop.item, saved.item)
  if (loop.countsLoops) {
    putBack(frame, loop.count, saved.count)
    putBack(frame, loop.hasNext, saved.hasNext)
  }
  const scope = frame.get(loop.scope)
  if (!(scope instanceof LoopScope)) return
  putBack(frame, loop.scope, scope.parent ?? scope.outerReplaced())
}

function putBack(frame: Frame, slot: number, value: Value): void {
  if (value === null) frame.remove(slot)
  else frame.put(slot, value)
}
