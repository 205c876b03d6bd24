import type { IncomingMessage } from 'node:http'
import type { Body } from '../../base/body.ts'
import { isFieldName, type HeaderFields } from '../../base/header-fields.ts'
import { incomingBody } from './incoming-body.ts'
import type { ServedConnection } from './served-connection.ts'

/** What the front must know of a head before anybody else reads it. */
export interface RequestHead {
  /** The last Host; undefined: none. */
  readonly host: string | undefined
  readonly hostsCount: number
  readonly contentLength: string | undefined
  /** The last Transfer-Encoding; undefined: none. */
  readonly coding: string | undefined
  readonly codingsCount: number
  readonly isChunked: boolean
  /** All Expect fields, joined by commas; undefined: none. */
  readonly expectation: string | undefined
  readonly hasUpgrade: boolean
  /** Bytes of all names and values, without what stands between them. */
  readonly fieldBytes: number
}

/** Reads the fields that the front decides by. Cost: one pass that compares lengths first. */
export function readHead(fields: HeaderFields): RequestHead {
  let host: string | undefined
  let hostsCount = 0
  let contentLength: string | undefined
  let coding: string | undefined
  let codingsCount = 0
  let expectation: string | undefined
  let hasUpgrade = false
  let fieldBytes = 0
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    fieldBytes += name.length + (fields[i + 1] ?? '').length
    if (isFieldName(name, 'host')) {
      host = fields[i + 1]
      hostsCount += 1
    } else if (isFieldName(name, 'content-length')) contentLength = fields[i + 1]
    else if (isFieldName(name, 'transfer-encoding')) {
      coding = fields[i + 1]
      codingsCount += 1
    } else if (isFieldName(name, 'expect')) {
      const value = fields[i + 1] ?? ''
      expectation = expectation === undefined ? value : `${expectation}, ${value}`
    } else if (isFieldName(name, 'upgrade')) hasUpgrade = true
  }
  const isChunked = codingsCount > 0
  return {
    host,
    hostsCount,
    contentLength,
    coding,
    codingsCount,
    isChunked,
    expectation,
    hasUpgrade,
    fieldBytes,
  }
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
