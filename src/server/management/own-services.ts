import { bytesBody } from '../../base/body.ts'
import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import type { OwnerCalls } from '../workers/owner-calls.ts'
import { withinTime } from '../within-time.ts'

/** A request is in memory, as it was signed; the bound is that of a stage's request. */
const bodyBytesMax = 10 * 1024 * 1024

/**
 * Carries calls of integrations to the control plane of this server, without a socket: to the owner, as
 * calls that clients make of it go. At most `underWayMax` are asked at a time; the others break.
 */
export function createOwnServices(
  calls: Pick<OwnerCalls, 'forward'>,
  underWayMax: number,
): Upstream {
  let underWay = 0
  return {
    async exchange(request) {
      if (underWay >= underWayMax) return { outcome: 'broken', detail: 'too many calls at a time' }
      underWay += 1
      const answering = ask(request, calls).finally(() => {
        underWay -= 1
      })
      return withinTime(answering, request.timeoutMs, { outcome: 'timeout' })
    },
    close: () => Promise.resolve(),
  }
}

async function ask(
  { method, target, headers, body }: UpstreamRequest,
  calls: Pick<OwnerCalls, 'forward'>,
): Promise<UpstreamOutcome> {
  const bytes = body.bytes ?? (await body.readAll(bodyBytesMax))
  const asked = { method, target, headers, body: bytes, sourceIp: '127.0.0.1' }
  const answer = await calls.forward('management', asked)
  const { status } = answer
  return { outcome: 'response', status, headers: answer.headers, body: bytesBody(answer.body) }
}
