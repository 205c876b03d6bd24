import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { HeaderFields } from '../../base/header-fields.ts'

/**
 * What the HTTP front answers by itself, before any plane has seen the request: the request is not
 * HTTP, is too large, or asks for something that this listener does not carry.
 */
export interface FrontAnswer {
  readonly status: number
  /** Value of `x-amzn-ErrorType`. */
  readonly errorType: string
  readonly message: string
}

/**
 * The front's answers, in AWS's shape. AWS documents the limits and not the text of every answer.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 * Chosen: docs/decisions/0004-workers-and-connections.md
 */
export const frontAnswers = Object.freeze({
  badRequest: { status: 400, errorType: 'BadRequestException', message: 'Bad Request' },
  forbidden: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
  timeout: { status: 408, errorType: 'RequestTimeoutException', message: 'Request Timeout' },
  bodyTooLarge: {
    status: 413,
    errorType: 'RequestEntityTooLargeException',
    message: 'Request Too Long',
  },
  expectationFailed: {
    status: 417,
    errorType: 'ExpectationFailedException',
    message: 'Expectation Failed',
  },
  uriTooLong: {
    status: 414,
    errorType: 'RequestUriTooLongException',
    message: 'Request URI too long',
  },
  tooManyCalls: {
    status: 429,
    errorType: 'TooManyRequestsException',
    message: 'Too Many Requests',
  },
  headTooLarge: {
    status: 431,
    errorType: 'RequestHeaderFieldsTooLargeException',
    message: 'Request header fields too large',
  },
  internalError: {
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
  },
} as const satisfies Record<string, FrontAnswer>)

/** The body of an answer: AWS's `{"message": …}`. */
export function frontAnswerBody({ message }: FrontAnswer): string {
  return JSON.stringify({ message })
}

/** Its header fields but those of framing. */
export function frontAnswerHeaders({ errorType }: FrontAnswer): HeaderFields {
  return [
    'x-amzn-RequestId',
    randomUUID(),
    'x-amzn-ErrorType',
    errorType,
    'Content-Type',
    'application/json',
  ]
}

/** A whole HTTP/1.1 response that closes its connection, for a socket that speaks no HTTP any more. */
export function rawFrontAnswer(answer: FrontAnswer, nowUtc: string): string {
  const body = frontAnswerBody(answer)
  const fields = [...frontAnswerHeaders(answer), 'Content-Length', String(Buffer.byteLength(body))]
  fields.push('Date', nowUtc, 'Connection', 'close')
  const lines = fields.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`))
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join('')}\r\n${body}`
}
