import type { AccountDeclaration } from './account-declarations.ts'

/** An API key, with the usage plans that it belongs to. A disabled one is declared too. */
export interface ApiKeyDeclaration extends AccountDeclaration {
  /** What callers send. A secret: never logged whole. */
  readonly value: string
  readonly isEnabled: boolean
  /** At most ten, and no two for one stage. */
  readonly usagePlanIds: readonly string[]
  /** By the id of each of them, the day on which the key was added to it, UTC: `2026-11-22`. */
  readonly usagePlanDays: Readonly<Record<string, string>>
}
