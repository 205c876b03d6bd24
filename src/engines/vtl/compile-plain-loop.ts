import type { PlainReference } from './compile-reference.ts'
import type { PlainRun } from './compile-unit.ts'
import { type Frame, RootFrame } from './frame.ts'
import { propertyOf } from './members.ts'
import { DefinedBlock, type JavaIterator, JavaMap, type LoopScope, type Value } from './values.ts'

/** Where a loop keeps its item and itself. */
interface LoopSlots {
  readonly item: number
  readonly scope: number
}

/** Takes turns as long as nothing can notice how; the iterator says how many they were. */
export type TakeTurns = (frame: Frame, scope: LoopScope, iterator: JavaIterator) => void

/** Where the value of a piece is: in the item, in what the loop says of itself, elsewhere. */
type Source = 'member' | 'item' | 'has-next' | 'loop' | 'other'

/** A reference of the block, or a condition. */
interface Piece {
  readonly source: Source
  readonly isMember: boolean
  readonly hasNext: boolean
  readonly property: string
  readonly reference: PlainReference
  readonly at: number
  readonly isCondition: boolean
  /** Printed before a text or a number of JavaScript. */
  readonly before: string
  /** Printed before any other value, which brings the rest of what stands before it. */
  readonly lead: string
  /** Of a condition: printed when it holds and when it does not, with the text that follows. */
  readonly whenTrue: string
  readonly whenFalse: string
}

interface Plan {
  readonly pieces: readonly Piece[]
  /** Printed behind the last piece. */
  readonly end: string
  /** What a turn counts. */
  readonly steps: number
  readonly itemSlot: number
}

/**
 * Compiles the turns of a loop whose block is nothing but plain references, conditions and texts. The item is
 * not kept under its name, and texts that meet are printed as one. A turn that comes upon a block of
 * `#define`, which may look at anything, or upon a limit, is undone and left, with all behind it, to whoever
 * takes turns one by one.
 */
export function compilePlainLoop({ references, tail }: PlainRun, slots: LoopSlots): TakeTurns {
  const plan: Plan = {
    pieces: piecesOf(references, tail, slots),
    end: references.at(-1)?.whenTrue === undefined ? tail : '',
    steps: 1 + references.length,
    itemSlot: slots.item,
  }
  return (frame, scope, iterator) => {
    if (frame instanceof RootFrame && !iterator.isChanged()) {
      takeTurns(plan, { frame, scope, iterator })
    }
  }
}

function piecesOf(references: readonly PlainReference[], tail: string, slots: LoopSlots): Piece[] {
  return references.map((reference, i) => {
    // A condition prints the text that follows it.
    const isLeadPrinted = references[i - 1]?.whenTrue !== undefined
    const { lead } = reference
    const before = isLeadPrinted ? reference.before.slice(lead.length) : reference.before
    const follows = references[i + 1]?.lead ?? tail
    const source = sourceOf(reference, slots)
    return {
      source,
      isMember: source === 'member',
      hasNext: source === 'has-next',
      property: reference.property ?? '',
      reference,
      at: reference.at,
      isCondition: reference.whenTrue !== undefined,
      before,
      lead: isLeadPrinted ? '' : lead,
      whenTrue: before + (reference.whenTrue ?? '') + follows,
      whenFalse: before + follows,
    }
  })
}

function sourceOf({ slot, property, ofLoop, getter }: PlainReference, slots: LoopSlots): Source {
  if (slot === slots.item) return property === undefined ? 'item' : 'member'
  if (slot !== slots.scope || ofLoop === undefined) return 'other'
  return getter === 'hasNext' ? 'has-next' : 'loop'
}

interface Place {
  readonly frame: RootFrame
  readonly scope: LoopScope
  readonly iterator: JavaIterator
}

/** All turns are one function: a call for each would cost as much as what it prints. */
function takeTurns({ pieces, end, steps, itemSlot }: Plan, place: Place): void {
  const { frame, scope, iterator } = place
  const { run } = frame
  const { budget, outputLengthMax } = run
  const { items } = iterator
  const turnsEnd = Math.min(items.length, iterator.next + budget.limits.loopTurnsMax)
  let { out } = run
  for (let turn = iterator.next; turn < turnsEnd; turn += 1) {
    const item = items[turn] ?? null
    const { stepsLeft } = budget
    if (item === null || stepsLeft < steps) break
    budget.spend(steps)
    const map = item instanceof JavaMap ? item : undefined
    const before = out
    let isPrinted = true
    scope.index += 1
    scope.hasNext = turn + 1 < items.length
    for (let i = 0; i < pieces.length; i += 1) {
      const piece = pieces[i]
      if (piece === undefined) continue
      let value: Value
      if (map !== undefined && piece.isMember) value = map.named(piece.property)
      else if (piece.hasNext) value = scope.hasNext
      else value = valueOf(piece, item, place)
      if (piece.isCondition && !(value instanceof DefinedBlock)) {
        out += value === null || value === false ? piece.whenFalse : piece.whenTrue
      } else if (typeof value === 'string') out = out + piece.before + value
      else if (typeof value === 'number') out = out + piece.before + value
      else {
        out += piece.lead
        isPrinted = !(value instanceof DefinedBlock) && out.length <= outputLengthMax
        if (!isPrinted) break
        run.out = out
        run.at = piece.at
        frame.put(itemSlot, item)
        piece.reference.printValue(frame, value)
        out = run.out
      }
      run.at = piece.at
    }
    out += end
    if (!isPrinted || out.length > outputLengthMax) {
      out = before
      scope.index -= 1
      // The turn counts when it is taken again.
      budget.spend(budget.stepsLeft - stepsLeft)
      break
    }
    iterator.next = turn + 1
  }
  run.out = out
}

function valueOf({ source, property, reference }: Piece, item: Value, place: Place): Value {
  if (source === 'item') return item
  if (source === 'member') return propertyOf(item, property, reference.getter)
  if (source === 'loop') return reference.ofLoop?.(place.scope) ?? place.scope.get(property)
  const value = place.frame.get(reference.slot)
  if (reference.property === undefined || value === null) return value
  return propertyOf(value, property, reference.getter)
}
