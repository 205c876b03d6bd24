import type { CompiledDeployment, CompiledMethod } from './compiled-deployment.ts'

/** Methods of a deployment that answer 500 for one reason. */
export interface NotRunMethods {
  /** The type of an integration, or a model by its name: `model Pet`. */
  readonly declaredType: string
  readonly reason: string
  /** One of them, as `GET /pets`: the first in order of that text. */
  readonly method: string
  readonly count: number
}

/** What of a deployment this version cannot run, by type and reason. Empty: everything runs. */
export function notRunMethods({ router }: CompiledDeployment): readonly NotRunMethods[] {
  const found = new Map<string, NotRunMethods>()
  for (const { methodKey, path, value } of router.entries()) {
    for (const { declaredType, reason } of reasonsOf(value)) {
      const key = `${declaredType} ${reason}`
      const before = found.get(key)
      const own = `${methodKey} ${path}`
      const method = before !== undefined && before.method < own ? before.method : own
      found.set(key, { declaredType, reason, method, count: (before?.count ?? 0) + 1 })
    }
  }
  return [...found.values()]
}

/** The integration that is not run, and models that let no body in. */
function* reasonsOf({
  integration,
  validation,
}: CompiledMethod): Generator<{ readonly declaredType: string; readonly reason: string }> {
  if (integration.type === 'not-run') yield integration
  for (const { modelName, compiled } of new Set(validation?.bodyModels.values())) {
    if (compiled.outcome !== 'unusable') continue
    yield { declaredType: `model ${modelName}`, reason: compiled.detail }
  }
}
