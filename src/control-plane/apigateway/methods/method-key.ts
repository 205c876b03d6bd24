import { methodNames } from '../../../aws/identifiers.ts'
import type { MethodKey } from '../../../aws/identifiers.ts'

const methodKeys: readonly string[] = [...methodNames, 'ANY']

/** True for the verbs that a method may have, as written: upper case only. */
export function isMethodKey(text: string): text is MethodKey {
  return methodKeys.includes(text)
}
