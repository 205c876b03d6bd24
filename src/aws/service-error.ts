import { cutText } from '../base/cut-text.ts'

/**
 * How many characters a message has at most. Many repeat what the caller sent, which may be megabytes;
 * the longest that AWS was seen to say has not half of this. Chosen.
 */
const messageCharactersMax = 8_192

/**
 * A management call refused, in AWS's own terms. The wire protocol encodes it; nothing else of it is
 * sent. `code` is a modelled exception of the service or one that AWS's front end adds
 * (ValidationException, SerializationException, …). A message beyond 8,192 characters is cut.
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
    super(cutText(message, messageCharactersMax))
    this.code = code
    this.status = status
    this.members = members
  }
}
