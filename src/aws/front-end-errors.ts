import { ServiceError } from './service-error.ts'

/** An error that a call ends in before or beside its operation: no service models it. */
export interface FrontEndErrorRow {
  readonly status: number
  /** For the reader of docs/errors.md: when it is answered. */
  readonly when: string
  /** Absent: AWS's own code. */
  readonly chosen?: true
}

/** Every such error, by code. The errors that a service models are in its table. */
export const frontEndErrors = {
  AccessDeniedException: {
    status: 403,
    when: 'A web page may be behind the call (a foreign `Host`, an `Origin`, `Sec-Fetch-Site`, a CORS preflight), or the ARN of a function names another account.',
  },
  IncompleteSignatureException: {
    status: 403,
    when: 'A part of the signature is missing or malformed.',
  },
  InternalFailure: {
    status: 500,
    when: 'A defect of Stagedoor. The cause is in the log, under the same request id.',
  },
  InvalidSignatureException: {
    status: 403,
    when: 'The signature is for a region that has not the form of one, such as `mars-1`.',
  },
  MissingAuthenticationTokenException: {
    status: 403,
    when: 'The call carries no signature, neither in `Authorization` nor in its query.',
  },
  NotImplementedException: {
    status: 400,
    when: 'The operation is not built; the message says what is missing.',
    chosen: true,
  },
  RequestEntityTooLargeException: {
    status: 413,
    when: 'The body is longer than 6 MB, of Lambda longer than 70,167,211 bytes, a zip in it than 50 MB, or a payload than a function takes.',
  },
  SerializationException: {
    status: 400,
    when: 'The body, the path or the query cannot be read, or a value has another type than its member.',
  },
  UnknownOperationException: {
    status: 404,
    when: 'No operation of the service has that method and path.',
  },
  UnknownServiceException: {
    status: 400,
    when: 'The call is signed for a service that is not built; the message names those that are.',
    chosen: true,
  },
  ValidationException: {
    status: 400,
    when: "A member breaks the model's constraints: missing, or outside its enum, pattern, length or range.",
  },
} as const satisfies Readonly<Record<string, FrontEndErrorRow>>

export type FrontEndErrorCode = keyof typeof frontEndErrors

/** A refusal by one of these codes, with the status of its row. */
export function frontEndError(code: FrontEndErrorCode, message: string): ServiceError {
  return new ServiceError(code, frontEndErrors[code].status, message)
}
