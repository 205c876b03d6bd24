import { lambdaBodyBytesMax, managementBodyBytesMax } from '../../aws/limits.ts'
import type { Body } from '../../base/body.ts'

/** So many long bodies are arriving that no other is taken. */
export class TooManyLongBodiesError extends Error {
  override readonly name = 'TooManyLongBodiesError'
}

/** Where Lambda takes code. */
const lambdaTarget = /^\/20\d\d-\d\d-\d\d\/(functions|layers)\b/

/**
 * Reads what is sent to the management API whole: 6 MB, and code 70 MB, of which no more than
 * `longBodiesMax` bodies are held at a time.
 *
 * Rejects with `BodyTooLargeError`, `TooManyLongBodiesError` or `BodyAbortedError`.
 */
export function createWholeBodyReader(
  longBodiesMax: number,
): (target: string, body: Body) => Promise<Uint8Array> {
  let longBodies = 0
  return async (target, body) => {
    const { byteLength = 0 } = body
    const isLong = byteLength > managementBodyBytesMax && lambdaTarget.test(target)
    if (!isLong) return body.readAll(managementBodyBytesMax)
    if (longBodies >= longBodiesMax) {
      body.discard()
      throw new TooManyLongBodiesError('too many bodies of several megabytes at a time')
    }
    longBodies += 1
    return body.readAll(lambdaBodyBytesMax).finally(() => {
      longBodies -= 1
    })
  }
}
