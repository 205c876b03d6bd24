import type { DefinitionHash } from '../aws/identifiers.ts'
import { invariant } from '../base/invariant.ts'
import type { DefinitionSource } from '../ports/deployment-feed.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { CompiledDeployment } from '../snapshot/compiled-deployment.ts'
import { notRunMethods } from '../snapshot/not-run-methods.ts'
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

/** What deployments are made with. */
export interface DeploymentMaking extends Slicing {
  readonly source: DefinitionSource
  /** Is told what a deployment has that cannot be run; undefined: nobody is. */
  readonly log?: OperatorLog | undefined
}

/** Lines of one deployment about methods that are not run. */
const notRunLinesMax = 20

/** Holds nothing yet. Definitions load side by side and compile one after another, so slices do not add up. */
export function createSharedDeployments(making: DeploymentMaking): SharedDeployments {
  const held = new Map<DefinitionHash, Held>()
  let lastCompiled: Promise<unknown> = Promise.resolve()

  async function load(hash: DefinitionHash): Promise<CompiledDeployment> {
    const bytes = await making.source.loadDefinition(hash)
    const compiling = lastCompiled.then(() => compileSliced(bytes, hash, making))
    lastCompiled = compiling.catch(() => {})
    const compiled = await compiling
    if (making.log !== undefined) reportNotRun(compiled, making.log)
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

function reportNotRun(deployment: CompiledDeployment, log: OperatorLog): void {
  const { restApiId } = deployment
  for (const { method, count, declaredType, reason } of notRunMethods(deployment).slice(
    0,
    notRunLinesMax,
  )) {
    log.warn('method-not-run', { restApiId, method, count, declaredType, reason })
  }
}
