/**
 * A management call refused, in AWS's own terms. The wire protocol encodes it; nothing else of it is
 * sent. `code` is a modelled exception of the service or one that AWS's front end adds
 * (ValidationException, SerializationException, …).
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: string
  readonly status: number
  /** Further members of the error's shape, as sent in the body. */
  readonly members: Readonly<Record<string, string | number>>

  constructor(
    code: string,
    status: number,
    message: string,
    members: Readonly<Record<string, string | number>> = {},
  ) {
    super(message)
    this.code = code
    this.status = status
    this.members = members
  }
}

/** `fault`: whose mistake it was, as the AWS SDKs use the word. */
export function faultOf(error: ServiceError): 'client' | 'server' {
  return error.status < 500 ? 'client' : 'server'
}
