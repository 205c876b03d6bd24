import type { PlainReference } from './compile-reference.ts'
import { type Render, RootFrame } from './frame.ts'
import { propertyOf } from './members.ts'
import { DefinedBlock, JavaMap, LoopScope, type Value } from './values.ts'

/**
 * Prints plain references, the texts before them and the one behind the last, in one loop: what most of a
 * template is, without a call for each piece.
 */
export function plainRun(references: readonly PlainReference[], tail: string): Render {
  return (frame) => {
    if (frame instanceof RootFrame) printAll(references, tail, frame)
    else {
      // The parameter of a macro may hold anything.
      for (const { render } of references) render(frame)
      frame.run.write(tail)
    }
  }
}

function printAll(references: readonly PlainReference[], tail: string, frame: RootFrame): void {
  const { run } = frame
  run.budget.spend(references.length)
  let { out } = run
  for (let i = 0; i < references.length; i += 1) {
    const reference = references[i]
    if (reference === undefined) continue
    const { before, slot, property } = reference
    let value = frame.get(slot)
    if (property !== undefined && value !== null) {
      const { ofLoop } = reference
      if (ofLoop !== undefined && value instanceof LoopScope) {
        value = ofLoop(value) ?? value.get(property)
      } else if (value instanceof JavaMap) value = value.named(property)
      else value = propertyOf(value, property, reference.getter)
    }
    if (reference.whenTrue !== undefined) {
      out += before
      // What a block leaves by `#stop` leaves what stands before it.
      if (value instanceof DefinedBlock) run.out = out
      if (holds(value)) out += reference.whenTrue
    } else if (typeof value === 'string') out = out + before + value
    else if (typeof value === 'number') out = out + before + value
    else {
      run.out = out
      reference.print(frame, value)
      out = run.out
    }
    run.at = reference.at
    if (out.length > run.outputLengthMax) break
  }
  run.out = out
  run.write(tail)
}

/** Whether a value holds as the condition of an `#if`. */
function holds(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  return value instanceof DefinedBlock ? value.text() !== null : true
}
