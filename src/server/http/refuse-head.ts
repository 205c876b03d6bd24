import { frontAnswers, type FrontAnswer } from './front-answer.ts'
import type { RequestHead } from './received-request.ts'

/** What a head is judged by. */
export interface JudgedHead {
  readonly head: RequestHead
  readonly target: string
  /** `1.1`, as Node's parser read it. */
  readonly httpVersion: string
  /** A Host that was found well-formed before; undefined: none yet. */
  readonly knownHost: string | undefined
}

/**
 * The refusal of a head that Node's parser took and another server might understand otherwise, undefined
 * when there is nothing to doubt. Its connection must carry no further request: where this one ends may
 * be part of the doubt.
 *
 * Refused: a version other than 1.0 and 1.1; a Transfer-Encoding that is not one `chunked`, or any in
 * HTTP/1.0; no Host in HTTP/1.1, two, or one that is not a host with a port; a target that is neither a
 * path nor the http(s) URL of a host; an Expect other than `100-continue` (417).
 *
 * Documented: https://www.rfc-editor.org/rfc/rfc9112#section-6.1 and #section-3.2
 * Observed: cases/desync
 */
export function findHeadRefusal(judged: JudgedHead): FrontAnswer | undefined {
  const { head, target, httpVersion, knownHost } = judged
  const { hostsCount, codingsCount, expectation } = head
  const isOld = httpVersion === '1.0'
  if (!isOld && httpVersion !== '1.1') return frontAnswers.badRequest
  if (codingsCount > 0 && (isOld || codingsCount > 1 || !isChunked(head.coding))) {
    return frontAnswers.badRequest
  }
  if (hostsCount > 1 || (hostsCount === 0 && !isOld)) return frontAnswers.badRequest
  if (head.host !== undefined && head.host !== knownHost && !hostPattern.test(head.host)) {
    return frontAnswers.badRequest
  }
  if (target.charCodeAt(0) !== slash && !isUrlOfHost(target)) return frontAnswers.badRequest
  return expectation === undefined || expectation.toLowerCase() === '100-continue'
    ? undefined
    : frontAnswers.expectationFailed
}

const slash = 0x2f
/** No user, no path, no list, no blank: what all servers read as the same host. */
const hostPattern = /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/i
const urlPattern = /^https?:\/\/([^/?#]*)/i

function isChunked(coding: string | undefined): boolean {
  return coding === 'chunked' || coding?.toLowerCase() === 'chunked'
}

function isUrlOfHost(target: string): boolean {
  const authority = urlPattern.exec(target)?.[1]
  return authority !== undefined && hostPattern.test(authority)
}
