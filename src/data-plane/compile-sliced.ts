import type { DefinitionHash } from '../aws/identifiers.ts'
import type { Clock } from '../ports/clock.ts'
import { compileDeploymentSteps } from '../snapshot/compile-deployment.ts'
import type { CompiledDeployment } from '../snapshot/compiled-deployment.ts'

/** What lets requests run while a definition is compiled. */
export interface Slicing {
  readonly clock: Clock
  /** Resolves when what waits on the event loop had its turn. */
  yieldToOthers(): Promise<void>
}

/** Milliseconds of compiling after which the others have a turn. One resource more may still be compiled. */
export const sliceMs = 8

/**
 * Compiles a definition without holding the event loop: after each slice the others have a turn.
 *
 * Rejects with `DefinitionFormatError` when the bytes are no definition.
 */
export async function compileSliced(
  bytes: Uint8Array,
  hash: DefinitionHash,
  { clock, yieldToOthers }: Slicing,
): Promise<CompiledDeployment> {
  const steps = compileDeploymentSteps(bytes, hash)
  let sliceStartMs = clock.monotonicMs()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (clock.monotonicMs() - sliceStartMs < sliceMs) continue
    await yieldToOthers()
    sliceStartMs = clock.monotonicMs()
  }
}
