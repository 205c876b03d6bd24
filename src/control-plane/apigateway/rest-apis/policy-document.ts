import { resourcePolicyBytesMax } from '../../../aws/limits.ts'
import { isJsonObject } from '../../../base/json.ts'
import { refusals } from '../errors.ts'

/**
 * Checks that a text is a policy: a JSON object with statements, of 8 KB at most.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/create-rest-api-policy-is-no-document
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (8,192 bytes)
 */
export function checkPolicyDocument(text: string): void {
  if (new TextEncoder().encode(text).length > resourcePolicyBytesMax) {
    throw refusals.policySize(resourcePolicyBytesMax)
  }
  try {
    const document: unknown = JSON.parse(text)
    if (isJsonObject(document) && 'Statement' in document) return
  } catch {
    // Refused below, like everything else that is no policy.
  }
  throw refusals.policyDocument()
}
