import type { IncomingMessage } from 'node:http'
import type { Body } from '../base/body.ts'
import { isFieldName, type HeaderFields } from '../base/header-fields.ts'
import { incomingBody } from './incoming-body.ts'
import type { ServedConnection } from './served-connection.ts'

/** What the front must know of a head before anybody else reads it. */
export interface RequestHead {
  /** Undefined: none, or more than one. */
  readonly host: string | undefined
  readonly contentLength: string | undefined
  readonly isChunked: boolean
}

/** Reads the fields that the front decides by. Cost: one pass that compares lengths first. */
export function readHead(fields: HeaderFields): RequestHead {
  let host: string | undefined
  let hostCount = 0
  let contentLength: string | undefined
  let isChunked = false
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (isFieldName(name, 'host')) {
      host = fields[i + 1]
      hostCount += 1
    } else if (isFieldName(name, 'content-length')) contentLength = fields[i + 1]
    // Node's parser lets no other coding than chunked end a request's list.
    else if (isFieldName(name, 'transfer-encoding')) isChunked = true
  }
  return { host: hostCount === 1 ? host : undefined, contentLength, isChunked }
}

/**
 * A request as values: what `node:http` received, for planes that must not see it. The signal is only
 * made when somebody asks for it.
 */
export class ReceivedRequest {
  readonly method: string
  /** As on the wire. */
  readonly headers: HeaderFields
  readonly body: Body
  readonly sourceIp: string
  readonly #connection: ServedConnection

  constructor(
    req: IncomingMessage,
    head: RequestHead,
    more: {
      readonly connection: ServedConnection
      readonly onFirstRead: (() => void) | undefined
    },
  ) {
    this.method = req.method ?? ''
    this.headers = req.rawHeaders
    this.body = incomingBody(req, head, more.onFirstRead)
    this.sourceIp = more.connection.sourceIp
    this.#connection = more.connection
  }

  /** Aborts when the client goes away. */
  get signal(): AbortSignal {
    return this.#connection.signal
  }
}
