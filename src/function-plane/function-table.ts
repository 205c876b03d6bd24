import type { AccountId, Region } from '../aws/identifiers.ts'
import { deepFreeze } from '../base/freeze.ts'
import type { FunctionFeedChange } from '../ports/deployment-feed.ts'
import type { FunctionDeclaration } from '../snapshot/function-declaration.ts'

/** What names a function. */
export interface FunctionPlace {
  readonly account: AccountId
  readonly region: Region
  readonly functionName: string
}

/** The functions that may be invoked, each by its newest declaration. */
export interface FunctionTable {
  /** False: what is known, a removal included, is as new, and nothing was changed. */
  apply(change: FunctionFeedChange): boolean
  /** Undefined: there is no such function. */
  find(key: string): FunctionDeclaration | undefined
  /** Forgets everything, removals too. */
  clear(): void
}

/** Removals remembered, so that a late change of a removed function does not bring it back. */
const removalsMax = 10_000

/** The key of a function in maps. */
export function functionKey({ account, region, functionName }: FunctionPlace): string {
  return `${region}:${account}:${functionName}`
}

/** A table without functions. */
export function createFunctionTable(): FunctionTable {
  const functions = new Map<string, FunctionDeclaration>()
  const removals = new Map<string, number>()
  return Object.freeze({
    apply(change: FunctionFeedChange): boolean {
      const subject = change.kind === 'function' ? change.function : change
      const key = functionKey(subject)
      const known = functions.get(key)?.revision ?? removals.get(key) ?? -1
      if (subject.revision <= known) return false
      removals.delete(key)
      if (change.kind === 'function') functions.set(key, deepFreeze(change.function))
      else {
        functions.delete(key)
        remember(removals, key, change.revision)
      }
      return true
    },
    find: (key: string) => functions.get(key),
    clear() {
      functions.clear()
      removals.clear()
    },
  })
}

/** The newest removal last; the oldest is forgotten when there are too many. */
function remember(removals: Map<string, number>, key: string, revision: number): void {
  removals.set(key, revision)
  if (removals.size <= removalsMax) return
  const oldest = removals.keys().next()
  if (oldest.done !== true) removals.delete(oldest.value)
}
