import { bytesBody, type Body } from '../base/body.ts'
import { findField, findLastField, isFieldName, type HeaderFields } from '../base/header-fields.ts'
import type { Random } from '../ports/random.ts'
import type { Call } from './call.ts'
import type { CommonAnswer, MethodResponse } from './messages.ts'
import { readAhead } from './read-ahead.ts'
import { traceIdOf } from './trace-id.ts'

/** The most that is kept of one answer, in bytes. Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html */
const cachedBytesMax = 1_048_576

/**
 * What is said to one client alone: a part of something, that nothing has changed since it asked last, and
 * refusals of its own conditions, its ranges, its header fields or its pace. No key tells these apart, so that one
 * client could have all others refused.
 */
const statusesOfOne: ReadonlySet<number> = new Set([206, 304, 408, 412, 416, 417, 431])

/**
 * True for an answer that another client may get.
 *
 * Chosen: docs/decisions/0040-stage-caches.md
 */
export function mayBeKept({ status, isStreamed, body }: MethodResponse): boolean {
  if (isStreamed === true || statusesOfOne.has(status)) return false
  return (body.byteLength ?? 0) <= cachedBytesMax
}

/**
 * An answer as bytes, without what is one request's own; undefined: it is too long, or has what no header can.
 *
 * The length of the head, the head, the content. The head is lines: the status, whether the answer told a trace
 * (each answer tells its own) and whether it is coded, then names and values in turn.
 */
export function writeCached(
  call: Call,
  { status, headers }: MethodResponse,
  content: Uint8Array,
): Uint8Array | undefined {
  if (content.length > cachedBytesMax) return undefined
  let head = ''
  let hasTrace = false
  let isCoded = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    if (isOwn(call, name, value)) hasTrace ||= isFieldName(name, 'x-amzn-trace-id')
    else if (name.includes('\n') || value.includes('\n')) return undefined
    else head += `\n${name}\n${value}`
    isCoded ||= isFieldName(name, 'content-encoding')
  }
  const first = `${status}${hasTrace ? 't' : ' '}${isCoded ? 'c' : ' '}`
  const headBytes = encoder.encode(first + head)
  const bytes = new Uint8Array(4 + headBytes.length + content.length)
  new DataView(bytes.buffer).setUint32(0, headBytes.length)
  bytes.set(headBytes, 4)
  bytes.set(content, 4 + headBytes.length)
  return bytes
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function isOwn(
  { requestId, extendedRequestId, traceId }: Call,
  name: string,
  value: string,
): boolean {
  if (value === requestId) return isFieldName(name, 'x-amzn-requestid')
  if (value === extendedRequestId) return isFieldName(name, 'x-amz-apigw-id')
  return value === traceId && isFieldName(name, 'x-amzn-trace-id')
}

/** An entry, read. */
interface ReadAnswer {
  readonly common: CommonAnswer
  readonly hasTrace: boolean
  readonly isCoded: boolean
}

/** Reads entries, those that last once. */
export interface CachedAnswers {
  /**
   * A kept answer as the answer to another request, with that request's own ids; undefined: the endpoint coded
   * it because another client asked for that, and this one cannot read it.
   */
  answer(
    call: Call,
    entry: { readonly bytes: Uint8Array; readonly isLasting?: boolean },
    random: Random,
  ): MethodResponse | undefined
}

/** What was read of entries is forgotten with their bytes. */
export function createCachedAnswers(): CachedAnswers {
  const known = new WeakMap<Uint8Array, ReadAnswer>()

  function readOnce(bytes: Uint8Array): ReadAnswer {
    let read = known.get(bytes)
    if (read === undefined) known.set(bytes, (read = readAnswer(bytes)))
    return read
  }

  return {
    answer(call, { bytes, isLasting = false }, random) {
      const { common, hasTrace, isCoded } = isLasting ? readOnce(bytes) : readAnswer(bytes)
      const { status, body } = common
      if (isCoded && !acceptsCoding(call.incoming.headers, common.headers)) return undefined
      const { requestId, extendedRequestId } = call
      const headers = [...common.headers]
      headers.push('x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId)
      if (hasTrace) headers.push('X-Amzn-Trace-Id', (call.traceId ??= traceIdOf(call, random)))
      return isLasting ? { status, headers, body, common } : { status, headers, body }
    },
  }
}

function readAnswer(bytes: Uint8Array): ReadAnswer {
  // A DataView would cost as much as all the rest.
  const headBytes = ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  const headers = decoder.decode(bytes.subarray(4, 4 + headBytes)).split('\n')
  const first = headers.shift() ?? ''
  const status = Number(first.slice(0, 3))
  const body = bytesBody(bytes.subarray(4 + headBytes))
  return {
    common: { status, headers, body },
    hasTrace: first[3] === 't',
    isCoded: first[4] === 'c',
  }
}

function acceptsCoding(requestHeaders: HeaderFields, headers: HeaderFields): boolean {
  const coded = findField(headers, 'content-encoding')?.trim().toLowerCase()
  if (coded === undefined || coded === '' || coded === 'identity') return true
  const accepted = findLastField(requestHeaders, 'accept-encoding') ?? ''
  const names = accepted
    .toLowerCase()
    .split(',')
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => (part.split(';', 1)[0] ?? '').trim())
  return coded.split(',').every((coding) => names.includes(coding.trim()))
}

/**
 * The same body, its content given to `done` when all of it has come, however slowly it is taken: others may wait
 * for it. With undefined when it is too long, or breaks off, or nobody wants it.
 */
export function keepingBody(body: Body, done: (content: Uint8Array | undefined) => void): Body {
  if (body.bytes !== undefined) {
    done(body.bytes)
    return body
  }
  return new KeepingBody(body, done)
}

class KeepingBody implements Body {
  readonly byteLength: number | undefined
  readonly bytes = undefined
  readonly #body: Body
  #done: ((content: Uint8Array | undefined) => void) | undefined
  #pieces: Uint8Array[] = []
  #bytesCount = 0

  constructor(body: Body, done: (content: Uint8Array | undefined) => void) {
    this.byteLength = body.byteLength
    this.#body = body
    this.#done = done
  }

  peek(bytesMax: number): Promise<Uint8Array> {
    return this.#body.peek(bytesMax)
  }

  async readAll(bytesMax: number): Promise<Uint8Array> {
    let content: Uint8Array | undefined
    try {
      content = await this.#body.readAll(bytesMax)
      return content
    } finally {
      this.#end(content)
    }
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    try {
      yield* readAhead(this.#body.stream(), {
        copy: (piece) => this.#add(piece),
        ended: () => this.#end(this.#content()),
      })
    } finally {
      this.#end(undefined)
    }
  }

  discard(): void {
    this.#body.discard()
    this.#end(undefined)
  }

  /** Undefined: it is too long to be kept. */
  #add(piece: Uint8Array): Uint8Array | undefined {
    this.#bytesCount += piece.length
    if (this.#bytesCount > cachedBytesMax) {
      this.#end(undefined)
      return undefined
    }
    const copied = new Uint8Array(piece)
    this.#pieces.push(copied)
    return copied
  }

  #content(): Uint8Array {
    const content = new Uint8Array(this.#bytesCount)
    let at = 0
    for (const piece of this.#pieces) {
      content.set(piece, at)
      at += piece.length
    }
    return content
  }

  #end(content: Uint8Array | undefined): void {
    const done = this.#done
    this.#done = undefined
    this.#pieces = []
    done?.(content)
  }
}
