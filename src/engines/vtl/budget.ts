import { TemplateFailure } from './vtl-error.ts'

/** What one rendering may take. */
export interface RenderLimits {
  /** Turns of one `#foreach`; one more ends the rendering. */
  readonly loopTurnsMax: number
  /** UTF-16 units of the output, and of any text that the template makes. */
  readonly outputLengthMax: number
  /** Statements, turns, calls, and steps of regular expressions. */
  readonly stepsMax: number
  /** Members of one list or map. */
  readonly membersMax: number
}

/**
 * Steps that a rendering may take without a pause: some milliseconds, 25 when the code is cold. One that
 * takes more is rendered where it holds nobody up.
 *
 * Chosen: docs/decisions/0036-long-work.md
 */
const stepsAtOnceMax = 40_000

/** What is left of a rendering's limits. */
export class Budget {
  readonly limits: RenderLimits
  /** Whether the rendering must end soon, or be done elsewhere. */
  readonly isAtOnce: boolean
  #stepsLeft: number

  constructor(limits: RenderLimits, isAtOnce = false) {
    this.limits = limits
    this.isAtOnce = isAtOnce
    this.#stepsLeft = isAtOnce ? Math.min(limits.stepsMax, stepsAtOnceMax) : limits.stepsMax
  }

  get stepsLeft(): number {
    return this.#stepsLeft
  }

  spend(steps: number): void {
    this.#stepsLeft -= steps
    if (this.#stepsLeft < 0) this.#fail()
  }

  /**
   * Takes the cost of work that is bounded by what it is done on: a payload is read, a text is coded. Where
   * others wait it counts as steps; where nobody does it is free.
   */
  work(steps: number): void {
    if (this.isAtOnce) this.spend(steps)
  }

  #fail(): never {
    if (this.isAtOnce)
      throw new TemplateFailure('unfinished', 'the template takes too long at once')
    throw new TemplateFailure('limit', 'the template takes too many steps')
  }

  /** Takes the cost of making a text of a length, and refuses one that is too long. */
  checkLength(length: number): void {
    if (length > this.limits.outputLengthMax) {
      const max = this.limits.outputLengthMax
      throw new TemplateFailure('limit', `a text is longer than ${max}`)
    }
    // Making texts takes time in proportion: a step for each thousand.
    if (length > 1000) this.spend(Math.ceil(length / 1000))
  }

  /** Takes the cost of the members that are made, and refuses too many. */
  checkMembers(count: number, made = count): void {
    if (count > this.limits.membersMax) {
      const max = this.limits.membersMax
      throw new TemplateFailure('limit', `a list or map has more than ${max} members`)
    }
    this.spend(made >> 2)
  }
}
