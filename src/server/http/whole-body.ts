import { lambdaBodyBytesMax, managementBodyBytesMax } from '../../aws/limits.ts'
import type { Body } from '../../base/body.ts'

/** So many long bodies are arriving that no other is taken. */
export class TooManyLongBodiesError extends Error {
  override readonly name = 'TooManyLongBodiesError'
}

/** Where Lambda takes code. */
const lambdaTarget = /^\/20\d\d-\d\d-\d\d\/(functions|layers)\b/

/** Up to this size a body is short. */
const shortBytesMax = 65_536

/** Bodies that are neither short nor code may be arriving at once: 6 MB each at the most. */
const middleBodiesMax = 64

/**
 * Reads what is sent to the management API whole: 6 MB, and code 70 MB. No more than 64 of the former that are above
 * 64 KB, or say no length, and `longBodiesMax` of the latter are arriving at a time.
 *
 * Rejects with `BodyTooLargeError`, `TooManyLongBodiesError` or `BodyAbortedError`.
 */
export function createWholeBodyReader(
  longBodiesMax: number,
): (target: string, body: Body) => Promise<Uint8Array> {
  const readMiddle = createBoundedReader(managementBodyBytesMax, middleBodiesMax)
  const readLong = createBoundedReader(lambdaBodyBytesMax, longBodiesMax)
  return (target, body) => {
    const { byteLength } = body
    if (byteLength !== undefined && byteLength <= shortBytesMax) {
      return body.readAll(managementBodyBytesMax)
    }
    const isLong = (byteLength ?? 0) > managementBodyBytesMax && lambdaTarget.test(target)
    return isLong ? readLong(body) : readMiddle(body)
  }
}

function createBoundedReader(
  bytesMax: number,
  bodiesMax: number,
): (body: Body) => Promise<Uint8Array> {
  let bodiesCount = 0
  return async (body) => {
    if (bodiesCount >= bodiesMax) {
      body.discard()
      throw new TooManyLongBodiesError('too many long bodies at a time')
    }
    bodiesCount += 1
    return body.readAll(bytesMax).finally(() => {
      bodiesCount -= 1
    })
  }
}
