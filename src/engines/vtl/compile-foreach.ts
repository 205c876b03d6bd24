import { iteratorOf } from './collection-methods.ts'
import { compileReference } from './compile-reference.ts'
import { type CompileUnit, offsetOf, tokenAt } from './compile-unit.ts'
import { type Frame, NullItemFrame, type Render, StopSignal } from './frame.ts'
import type { Directive } from './syntax-tree.ts'
import { JavaIterator, JavaList, JavaMap, LoopScope, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

const countName = 'velocityCount'
const hasNextName = 'velocityHasNext'
const scopeName = 'foreach'

interface Loop {
  readonly itemName: string
  readonly body: Render
  readonly offset: number
  readonly countsLoops: boolean
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
  const itemName =
    item.kind === 'reference'
      ? compileReference(unit, item).name
      : tokenAt(unit, item.first).image.slice(1)
  const loop: Loop = {
    itemName,
    body: parameters.length === 3 ? body : extraRender(unit, node),
    offset: offsetOf(unit, node),
    countsLoops: unit.countsLoops,
  }
  return (frame) => {
    const { run } = frame
    run.at = loop.offset
    run.budget.spend(1)
    const iterator = findIterator(list(frame))
    if (iterator !== undefined) runLoop(frame, loop, iterator)
  }
}

/** A fourth parameter takes the place of the block. */
function extraRender(unit: CompileUnit, { parameters }: Directive): Render {
  const [, , , extra] = parameters
  return extra?.kind === 'reference' ? compileReference(unit, extra).render : () => undefined
}

function findIterator(value: Value): JavaIterator | undefined {
  if (value instanceof JavaList) return iteratorOf(value)
  if (value instanceof JavaIterator) return value
  const map = value instanceof LoopScope ? value.storage : value
  if (!(map instanceof JavaMap)) return undefined
  const { changes } = map
  return new JavaIterator([...map.values.values()], () => map.changes !== changes)
}

interface Saved {
  readonly item: Value
  readonly count: Value
  readonly hasNext: Value
}

function runLoop(frame: Frame, loop: Loop, iterator: JavaIterator): void {
  const saved: Saved = {
    item: frame.get(loop.itemName),
    count: frame.get(countName),
    hasNext: frame.get(hasNextName),
  }
  const scope = new LoopScope(frame.get(scopeName), loop)
  frame.put(scopeName, scope)
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
  const { loopTurnsMax } = run.budget.limits
  let nullFrame: NullItemFrame | undefined
  for (let turn = 1; iterator.hasNext(); turn += 1) {
    if (turn > loopTurnsMax) {
      run.at = loop.offset
      throw new TemplateFailure('limit', `#foreach takes more than ${loopTurnsMax} turns`)
    }
    run.budget.spend(1)
    const item = iterator.take()
    if (item === undefined) {
      throw new TemplateFailure('runtime', 'ConcurrentModificationException: the list was changed')
    }
    const hasNext = iterator.hasNext()
    if (loop.countsLoops) {
      frame.put(countName, turn)
      frame.put(hasNextName, hasNext)
    }
    frame.put(loop.itemName, item)
    scope.index += 1
    scope.hasNext = hasNext
    if (item === null) nullFrame ??= new NullItemFrame(frame, loop.itemName)
    loop.body(item === null && nullFrame !== undefined ? nullFrame : frame)
  }
}

function restore(frame: Frame, { itemName, countsLoops }: Loop, saved: Saved): void {
  putBack(frame, itemName, saved.item)
  if (countsLoops) {
    putBack(frame, countName, saved.count)
    putBack(frame, hasNextName, saved.hasNext)
  }
  const scope = frame.get(scopeName)
  if (!(scope instanceof LoopScope)) return
  putBack(frame, scopeName, scope.parent ?? scope.outerReplaced())
}

function putBack(frame: Frame, name: string, value: Value): void {
  if (value === null) frame.remove(name)
  else frame.put(name, value)
}
