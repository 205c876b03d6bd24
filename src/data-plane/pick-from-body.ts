import type { BodyPicks, MappingExpression } from '../engines/parameter-mapping.ts'
import type { Call } from './call.ts'
import { longTaskOutcome, ownBytes } from './long-task-outcome.ts'

/** Bytes of a body in which mappings look at once: some milliseconds. Chosen: docs/decisions/0036-long-work.md */
const bytesAtOnceMax = 64_000

/**
 * Finds out what mappings will ask a body for, when that takes longer than the event loop may be held: a
 * promise of what they find. Undefined: they find it themselves, at once.
 */
export function pickBeforehand(
  call: Call,
  bytes: Uint8Array,
  expressions: readonly MappingExpression[],
): Promise<BodyPicks> | undefined {
  const paths = pathsOf(expressions)
  if (paths.length === 0) return undefined
  const isShort = bytes.length <= bytesAtOnceMax && paths.every(({ isDefinite }) => isDefinite)
  if (isShort) return undefined
  const task = {
    kind: 'pick',
    body: ownBytes(bytes),
    paths: paths.map(({ text }) => text),
  } as const
  return longTaskOutcome(call.longTasks.run(task))
}

function pathsOf(expressions: readonly MappingExpression[]) {
  return expressions.flatMap((expression) => {
    const isOfBody =
      expression.kind === 'method.request.body' || expression.kind === 'integration.response.body'
    return isOfBody && expression.path !== undefined ? [expression.path] : []
  })
}
