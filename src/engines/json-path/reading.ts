import type { DocumentNode } from './document.ts'
import type { CompiledPath } from './path-steps.ts'

/** Why a path that is well formed found nothing. */
export class PathNotFound extends Error {
  override readonly name = 'PathNotFound'
}

/** A step or an operator that what it is applied to does not take: within a filter, no match. */
export class PathNotApplicable extends Error {
  override readonly name = 'PathNotApplicable'
}

/** A value that cannot be had, the mean of nothing: it ends the whole path, also from within a filter. */
export class PathFailed extends Error {
  override readonly name = 'PathFailed'
}

/** More work than a path may take. */
export class PathStepsExceeded extends Error {
  override readonly name = 'PathStepsExceeded'
}

/** What the reading of one path shares with the paths inside of it. */
export interface Reading {
  readonly document: DocumentNode
  readonly budget: StepBudget
  /** Within an `exists` a missing member ends the path. */
  readonly requiresMembers: boolean
  /** Reads a path inside of a filter or a function. Throws as the path itself does. */
  readInner(path: CompiledPath, current: DocumentNode, reading: Reading): DocumentNode
}

/** How many values may yet be visited and compared. */
export class StepBudget {
  left: number

  constructor(steps: number) {
    this.left = steps
  }

  /** @throws {PathStepsExceeded} */
  spend(steps = 1): void {
    this.left -= steps
    if (this.left < 0) throw new PathStepsExceeded('The path visits too many values')
  }
}
