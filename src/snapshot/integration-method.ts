import { type MethodKey, methodNames } from '../aws/identifiers.ts'
import { NotRun } from './not-run.ts'

/**
 * The `httpMethod` of an integration.
 *
 * @throws {NotRun} for what is none.
 */
export function methodKeyOf(httpMethod: string | undefined): MethodKey {
  const key = [...methodNames, 'ANY' as const].find((known) => known === httpMethod)
  if (key === undefined) throw new NotRun(`httpMethod ${httpMethod ?? '(absent)'} is no method`)
  return key
}
