import { holds } from './assertions.ts'
import { foldCase } from './letter-case.ts'
import type { Instruction, Loop, Program } from './program.ts'

/** What matching came to. `exceeded`: it took more steps than it may, so nothing is known. */
export type MatchVerdict = 'match' | 'no-match' | 'exceeded'

/**
 * Whether the program matches the whole of a text. Never throws; takes at most `stepsMax` steps, each of a
 * few operations, and memory in proportion to the steps.
 */
export function matchWhole(program: Program, text: string, stepsMax: number): MatchVerdict {
  const matcher = new Matcher(program, text, stepsMax)
  const end = matcher.run(0, 0, text.length)
  if (matcher.isExceeded) return 'exceeded'
  return end === undefined ? 'no-match' : 'match'
}

/** Where a program matches within a text. */
export interface FoundMatch {
  readonly begin: number
  readonly end: number
  /** Text of a group; undefined when it took no part. */
  group(number: number): string | undefined
}

/** What a search came to, and the steps that it took. */
export interface Search {
  readonly found: FoundMatch | undefined
  /** It would have taken more steps than it may. */
  readonly isExceeded: boolean
  readonly steps: number
}

/** The first match that begins at a place or behind it. Bounds are those of `matchWhole`. */
export function findMatch(
  program: Program,
  text: string,
  { from, stepsMax }: { readonly from: number; readonly stepsMax: number },
): Search {
  const matcher = new Matcher(program, text, stepsMax)
  for (let begin = from; begin <= text.length && !matcher.isExceeded; begin += 1) {
    const end = matcher.run(0, begin, undefined)
    if (end === undefined || matcher.isExceeded) continue
    const found = { begin, end, group: (number: number) => matcher.group(number) }
    return { found, isExceeded: false, steps: matcher.steps(stepsMax) }
  }
  const steps = matcher.steps(stepsMax)
  return { found: undefined, isExceeded: matcher.isExceeded, steps }
}

/** A place to go on from when the way taken fails. */
interface Frame {
  readonly at: number
  readonly position: number
  /** Length of the trail then. */
  readonly trailLength: number
  /** Of a run of characters: how far it may be shortened; -1 for other places. */
  readonly shortest: number
}

class Matcher {
  isExceeded = false
  readonly #instructions: readonly Instruction[]
  readonly #text: string
  readonly #registers: Int32Array
  /** Register, former value, register, former value, …: what to put back. */
  readonly #trail: number[] = []
  readonly #frames: Frame[] = []
  #stepsLeft: number

  constructor({ instructions, registerCount }: Program, text: string, stepsMax: number) {
    this.#instructions = instructions
    this.#text = text
    this.#registers = new Int32Array(registerCount).fill(-1)
    this.#stepsLeft = stepsMax
  }

  steps(stepsMax: number): number {
    return stepsMax - this.#stepsLeft
  }

  group(number: number): string | undefined {
    const begin = this.#registers[number * 2] ?? -1
    const end = this.#registers[number * 2 + 1] ?? -1
    return begin < 0 || end < 0 ? undefined : this.#text.slice(begin, end)
  }

  /**
   * Matches from an instruction to its `accept`. Gives the place reached; undefined when there is none, or
   * no steps are left. `mustEnd`: only this place counts; undefined: any.
   */
  run(start: number, from: number, mustEnd: number | undefined): number | undefined {
    const framesBelow = this.#frames.length
    const trailBelow = this.#trail.length
    let at = start
    let position = from
    for (;;) {
      const instruction = this.#instructions[at]
      if (instruction?.op === 'accept' && (mustEnd === undefined || position === mustEnd)) {
        this.#frames.length = framesBelow
        return position
      }
      const reached = instruction === undefined ? -1 : this.#step(instruction, at, position)
      if (reached >= 0) {
        position = reached
        at = this.#next
        continue
      }
      const frame = this.#frames.length > framesBelow ? this.#frames.pop() : undefined
      if (frame === undefined || this.isExceeded) {
        this.#frames.length = framesBelow
        this.#undo(trailBelow)
        return undefined
      }
      this.#spend(1)
      this.#undo(frame.trailLength)
      position = frame.position
      at = frame.at
      if (position > frame.shortest && frame.shortest >= 0) this.#shorten(frame)
    }
  }

  /** Where the last step said to go on. */
  #next = 0

  /** Takes a step; gives the place in the text behind it, -1 when it fails. */
  #step(instruction: Instruction, at: number, position: number): number {
    if (!this.#spend(1)) return -1
    this.#next = at + 1
    switch (instruction.op) {
      case 'set':
        return this.#take(instruction.set, position)
      case 'jump':
        this.#next = instruction.to
        return position
      case 'split':
        this.#push(instruction.second, position)
        this.#next = instruction.first
        return position
      case 'save':
        this.#set(instruction.register, position)
        return position
      case 'close':
        this.#set(instruction.group * 2, this.#registers[instruction.begin] ?? -1)
        this.#set(instruction.group * 2 + 1, position)
        return position
      case 'loop-start':
        return this.#startLoop(instruction.loop, position)
      case 'loop-next':
        return this.#continueLoop(instruction.loop, position)
      case 'loop-again':
        return this.#turn(instruction.loop, this.#turns(instruction.loop) + 1, position)
      case 'run':
        return this.#takeRun(instruction, at, position)
      case 'assert':
        return holds(instruction.assertion, this.#text, position) ? position : -1
      case 'reference':
        return this.#takeReference(instruction, position)
      case 'possessive':
        return this.#takePossessive(instruction, at, position)
      case 'ahead':
        return this.#lookAhead(instruction, at, position)
      case 'behind':
        return this.#lookBehind(instruction, at, position)
      case 'accept':
        return -1
    }
  }

  #spend(steps: number): boolean {
    this.#stepsLeft -= steps
    if (this.#stepsLeft < 0) this.isExceeded = true
    return !this.isExceeded
  }

  #push(at: number, position: number, shortest = -1): void {
    this.#frames.push({ at, position, trailLength: this.#trail.length, shortest })
  }

  #set(register: number, value: number): void {
    this.#trail.push(register, this.#registers[register] ?? -1)
    this.#registers[register] = value
  }

  #undo(trailLength: number): void {
    while (this.#trail.length > trailLength) {
      const value = this.#trail.pop() ?? -1
      this.#registers[this.#trail.pop() ?? 0] = value
    }
  }

  #take(set: { has(codePoint: number): boolean; cost: number }, position: number): number {
    const codePoint = this.#text.codePointAt(position)
    if (codePoint === undefined) return -1
    if (set.cost > 1 && !this.#spend(set.cost - 1)) return -1
    if (!set.has(codePoint)) return -1
    return position + (codePoint > 0xff_ff ? 2 : 1)
  }

  #takeRun(
    { set, min, max, isPossessive }: Extract<Instruction, { op: 'run' }>,
    at: number,
    from: number,
  ): number {
    let position = from
    let shortest = from
    for (let count = 0; count < max; count++) {
      const next = this.#take(set, position)
      if (next < 0) {
        if (count < min) return -1
        break
      }
      if (!this.#spend(1)) return -1
      position = next
      if (count < min) shortest = next
    }
    if (!isPossessive && position > shortest) {
      this.#push(at + 1, this.#before(position), shortest)
    }
    return position
  }

  /** Of a run that was shortened to `position`: one shorter still is the next to try. */
  #shorten({ at, position, shortest }: Frame): void {
    this.#push(at, this.#before(position), shortest)
  }

  #before(position: number): number {
    const isPair =
      isLowSurrogate(this.#text.charCodeAt(position - 1)) &&
      isHighSurrogate(this.#text.charCodeAt(position - 2))
    return position - (isPair ? 2 : 1)
  }

  #turns({ countRegister }: Loop): number {
    return this.#registers[countRegister] ?? 0
  }

  #startLoop(loop: Loop, position: number): number {
    this.#set(loop.countRegister, 0)
    if (loop.max === 0) return this.#goTo(loop.next, position)
    if (loop.min > 0) return this.#turn(loop, 1, position)
    return this.#either(loop, 1, position)
  }

  /** A turn that took nothing ends the loop: any further one could do the same. */
  #continueLoop(loop: Loop, position: number): number {
    const count = this.#turns(loop)
    const isStuck = position <= (this.#registers[loop.beginRegister] ?? -1)
    if (isStuck || count >= loop.max) return this.#goTo(loop.next, position)
    if (count < loop.min) return this.#turn(loop, count + 1, position)
    return this.#either(loop, count + 1, position)
  }

  /** One more turn, or no more: first the one, then the other. */
  #either(loop: Loop, count: number, position: number): number {
    if (!loop.isLazy) {
      this.#push(loop.next, position)
      return this.#turn(loop, count, position)
    }
    this.#push(loop.again, position)
    return this.#goTo(loop.next, position)
  }

  #turn(loop: Loop, count: number, position: number): number {
    this.#set(loop.countRegister, count)
    this.#set(loop.beginRegister, position)
    return this.#goTo(loop.body, position)
  }

  #goTo(at: number, position: number): number {
    this.#next = at
    return position
  }

  #takeReference(
    { group, folding, isEmptyWhenUnset }: Extract<Instruction, { op: 'reference' }>,
    position: number,
  ): number {
    const begin = this.#registers[group * 2] ?? -1
    const end = this.#registers[group * 2 + 1] ?? -1
    if (begin < 0 || end < 0) return isEmptyWhenUnset ? position : -1
    const length = end - begin
    if (position + length > this.#text.length || !this.#spend(length)) return -1
    for (let i = 0; i < length; i++) {
      const one = this.#text.charCodeAt(begin + i)
      const other = this.#text.charCodeAt(position + i)
      if (one !== other && foldCase(one, folding) !== foldCase(other, folding)) return -1
    }
    return position + length
  }

  #takePossessive(
    { min, max, next }: Extract<Instruction, { op: 'possessive' }>,
    at: number,
    from: number,
  ): number {
    const trailBelow = this.#trail.length
    let position = from
    for (let count = 0; count < max; count++) {
      const end = this.run(at + 1, position, undefined)
      if (end === undefined) {
        if (count >= min && !this.isExceeded) break
        this.#undo(trailBelow)
        return -1
      }
      const isStuck = end === position
      position = end
      if (isStuck) break
    }
    return this.#goTo(next, position)
  }

  #lookAhead(
    { isNegative, next }: Extract<Instruction, { op: 'ahead' }>,
    at: number,
    position: number,
  ): number {
    const trailBelow = this.#trail.length
    const isFound = this.run(at + 1, position, undefined) !== undefined
    return this.#decide(isFound, isNegative, trailBelow) ? this.#goTo(next, position) : -1
  }

  #lookBehind(
    { isNegative, next, lengths }: Extract<Instruction, { op: 'behind' }>,
    at: number,
    position: number,
  ): number {
    const trailBelow = this.#trail.length
    const max = longestBehind(lengths.max, position)
    let isFound = false
    let from: number = position
    for (let length = 0; length <= max && !isFound && !this.isExceeded; length++) {
      if (length >= lengths.min) isFound = this.run(at + 1, from, position) !== undefined
      if (from === 0) break
      this.#spend(1)
      from = this.#before(from)
    }
    return this.#decide(isFound, isNegative, trailBelow) ? this.#goTo(next, position) : -1
  }

  /** What a negative look found is forgotten. */
  #decide(isFound: boolean, isNegative: boolean, trailBelow: number): boolean {
    if (isNegative) this.#undo(trailBelow)
    return !this.isExceeded && isFound !== isNegative
  }
}

/** Java reckons in 32 bits: a length that has run over means any length, or none. */
function longestBehind(max: number, position: number): number {
  const first = (position - max) | 0
  if (first <= 0) return position
  return max < 0 ? -1 : max
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit < 0xdc_00
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc_00 && unit < 0xe0_00
}
