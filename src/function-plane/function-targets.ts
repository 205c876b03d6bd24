import type { FunctionDeclaration } from '../snapshot/function-declaration.ts'
import type { LambdaPolicyStatement } from '../snapshot/lambda-policy.ts'
import type { FunctionSeats } from './concurrency.ts'
import type { Refusal } from './refusals.ts'
import { resolveFunction } from './resolve-function.ts'
import type { SandboxFleet } from './sandbox-fleet.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** All that an invocation of an ARN needs, made once for many. */
export interface FunctionTarget {
  readonly outcome: 'target'
  readonly seats: FunctionSeats
  /** Of exactly the qualifier that is addressed; undefined: none. */
  readonly statements: readonly LambdaPolicyStatement[] | undefined
  readonly pool: SandboxPool
  /** Undefined: all invocations go to `pool`. */
  readonly additional: { readonly pool: SandboxPool; readonly weight: number } | undefined
}

/** Targets by ARN. */
export interface FunctionTargets {
  find(functionArn: string): FunctionTarget | Refusal
  /** A declaration has changed: all are made again when they are needed. */
  clear(): void
}

/** Many more ARNs than functions have qualifiers; forged ones are not kept. */
const targetsMax = 10_000

/** Targets of what `declarations` and `seats` give for a function's key. */
export function createFunctionTargets(parts: {
  readonly findDeclaration: (key: string) => FunctionDeclaration | undefined
  readonly seatsOf: (declaration: FunctionDeclaration) => FunctionSeats
  readonly fleet: SandboxFleet
}): FunctionTargets {
  const targets = new Map<string, FunctionTarget>()

  function make(functionArn: string): FunctionTarget | Refusal {
    const resolved = resolveFunction(functionArn, parts.findDeclaration)
    if (resolved.outcome === 'refused') return resolved
    const { declaration, qualifier, version, additional } = resolved
    const target: FunctionTarget = {
      outcome: 'target',
      seats: parts.seatsOf(declaration),
      statements: Object.hasOwn(declaration.policies, qualifier)
        ? declaration.policies[qualifier]
        : undefined,
      pool: parts.fleet.poolOf(declaration, version),
      additional: additional && {
        pool: parts.fleet.poolOf(declaration, additional.version),
        weight: additional.weight,
      },
    }
    if (targets.size >= targetsMax) targets.clear()
    targets.set(functionArn, target)
    return target
  }

  return Object.freeze({
    find: (functionArn: string) => targets.get(functionArn) ?? make(functionArn),
    clear: () => targets.clear(),
  })
}
