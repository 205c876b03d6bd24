import type { DefinitionHash } from '../aws/identifiers.ts'
import { invariant } from '../base/invariant.ts'
import type { DefinitionSource } from '../ports/deployment-feed.ts'
import type { CompiledDeployment } from '../snapshot/compiled-deployment.ts'
import { compileSliced, type Slicing } from './compile-sliced.ts'

/**
 * Compiled deployments by the hash of their definition, each once, however many stages and canaries
 * refer to it, and no longer than one does.
 */
export interface SharedDeployments {
  /**
   * The deployment, loaded and compiled unless it is there or under way. Holds it: each call is matched
   * by one `release`, whether or not the promise rejects.
   */
  hold(hash: DefinitionHash): Promise<CompiledDeployment>
  release(hash: DefinitionHash): void
  /** Deployments that are held. */
  count(): number
}

interface Held {
  readonly deployment: Promise<CompiledDeployment>
  count: number
}

/** Holds nothing yet. Definitions load side by side and compile one after another, so slices do not add up. */
export function createSharedDeployments(
  source: DefinitionSource,
  slicing: Slicing,
): SharedDeployments {
  const held = new Map<DefinitionHash, Held>()
  let lastCompiled: Promise<unknown> = Promise.resolve()

  async function load(hash: DefinitionHash): Promise<CompiledDeployment> {
    const bytes = await source.loadDefinition(hash)
    const compiled = lastCompiled.then(() => compileSliced(bytes, hash, slicing))
    lastCompiled = compiled.catch(() => {})
    return compiled
  }

  return {
    hold(hash) {
      const known = held.get(hash)
      if (known !== undefined) {
        known.count++
        return known.deployment
      }
      const deployment = load(hash)
      held.set(hash, { deployment, count: 1 })
      return deployment
    },
    release(hash) {
      const known = held.get(hash)
      invariant(known !== undefined, `deployment ${hash} was released and not held`)
      if (--known.count === 0) held.delete(hash)
    },
    count: () => held.size,
  }
}
