import { isJsonObject } from '../../base/json.ts'
import { refusals } from './errors.ts'

/**
 * Checks that a text is a policy: a JSON object with statements.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/create-rest-api-policy-is-no-document
 */
export function checkPolicyDocument(text: string): void {
  try {
    const document: unknown = JSON.parse(text)
    if (isJsonObject(document) && 'Statement' in document) return
  } catch {
    // Refused below, like everything else that is no policy.
  }
  throw refusals.policyDocument()
}
