import { cutText } from '../base/cut-text.ts'
import type { FunctionOutcome } from '../ports/functions.ts'
import { eventPayloadBytesMax, payloadBytesMax } from './limits.ts'

/** Lambda's no. */
export type Refusal = Extract<FunctionOutcome, { readonly outcome: 'refused' }>

/** Which limit of concurrency was met, in the words of the API. */
export type ThrottleReason =
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ConcurrentInvocationLimitExceeded'

/** Characters of what the caller sent that a message repeats. */
const repeatedCharactersMax = 512

/** What a function's name must match. Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const functionNamePattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?'

/**
 * Every refusal of an invocation, in AWS's words.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const refusals = Object.freeze({
  functionNotFound: (functionArn: string): Refusal =>
    refusal(404, 'ResourceNotFoundException', `Function not found: ${functionArn}`),

  malformedArn: (functionArn: string): Refusal =>
    refusal(
      400,
      'ValidationException',
      `1 validation error detected: Value '${cutText(functionArn, repeatedCharactersMax)}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${functionNamePattern}`,
    ),

  accessDenied: (principal: string, functionArn: string): Refusal =>
    refusal(
      403,
      'AccessDeniedException',
      `User: ${principal} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no resource-based policy allows the lambda:InvokeFunction action`,
    ),

  payloadTooLarge: (): Refusal =>
    refusal(
      413,
      'RequestEntityTooLargeException',
      `Request must be smaller than ${payloadBytesMax} bytes for the InvokeFunction operation`,
    ),

  eventTooLarge: (bytes: number): Refusal =>
    refusal(
      413,
      'RequestEntityTooLargeException',
      `${bytes} byte payload is too large for the Event invocation type (limit ${eventPayloadBytesMax} bytes)`,
    ),

  payloadNotJson: (detail: string): Refusal =>
    refusal(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${cutText(detail, repeatedCharactersMax)}`,
    ),

  throttled: (reason: ThrottleReason): Refusal =>
    Object.freeze({
      outcome: 'refused',
      status: 429,
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      reason,
    }),
})

function refusal(status: number, code: string, message: string): Refusal {
  return Object.freeze({ outcome: 'refused', status, code, message })
}
