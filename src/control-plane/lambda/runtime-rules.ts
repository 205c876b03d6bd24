import { lambdaTable } from '../../aws/lambda-model.ts'
import type { FunctionRuntimes } from '../../ports/function-runtimes.ts'
import { refusals } from './errors.ts'

/**
 * Refuses a runtime that is not run on this machine: one of AWS's with what is missing, any other word
 * in AWS's own sentence, with the runtimes that are available in place of AWS's list.
 *
 * @throws {ServiceError} InvalidParameterValueException.
 */
export async function checkRuntime(runtime: string, runtimes: FunctionRuntimes): Promise<void> {
  await runtimes.look(runtime)
  const found = runtimes.find(runtime)
  if (found.outcome === 'available') return
  await runtimes.look()
  const available = runtimes.available()
  const isKnown = lambdaTable.types['Runtime']?.enum?.includes(runtime) === true
  throw isKnown
    ? refusals.unavailableRuntime(found.detail, available)
    : refusals.unknownRuntime(runtime, available)
}
