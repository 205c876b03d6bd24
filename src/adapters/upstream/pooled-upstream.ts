import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import type { Dial } from './connection-pool.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import { Exchange } from './exchange.ts'
import { OriginPools } from './origin-pools.ts'
import { writeRequest, type WrittenRequest } from './request-writer.ts'
import type { UpstreamLimits } from './upstream-options.ts'

/**
 * The port over any kind of connection: pools, time, signals, and what closing means.
 *
 * After `close` an exchange ends as `broken`.
 */
export function createPooledUpstream(dial: Dial, limits: UpstreamLimits): Upstream {
  const pools = new OriginPools(dial, limits)
  const deadlines = new DeadlineQueue()
  let openCount = 0
  let isClosed = false
  const waitingForEnd: (() => void)[] = []

  const onOver = () => {
    openCount -= 1
    if (isClosed && openCount === 0) endClosing()
  }

  function endClosing(): void {
    pools.stopSweeping()
    for (const resolve of waitingForEnd.splice(0)) resolve()
  }

  function begin(request: UpstreamRequest, written: WrittenRequest): Promise<UpstreamOutcome> {
    return new Promise((resolve) => {
      const exchange = new Exchange({ request, written, deadlines, resolve, onOver })
      const nowMs = performance.now()
      openCount += 1
      exchange.begin(nowMs)
      pools.get(request).submit(exchange, nowMs)
    })
  }

  function refuse(request: UpstreamRequest, outcome: UpstreamOutcome): Promise<UpstreamOutcome> {
    request.body.discard()
    return Promise.resolve(outcome)
  }

  return {
    exchange(request) {
      if (isClosed) {
        return refuse(request, { outcome: 'broken', detail: 'the upstream client is closed' })
      }
      if (request.signal?.aborted === true) {
        return refuse(request, { outcome: 'aborted', detail: 'nobody waits for the answer' })
      }
      const written = writeRequest(request)
      return 'invalid' in written
        ? refuse(request, { outcome: 'invalid', detail: written.invalid })
        : begin(request, written)
    },
    close() {
      isClosed = true
      pools.close()
      return new Promise((resolve) => {
        waitingForEnd.push(resolve)
        if (openCount === 0) endClosing()
      })
    },
  }
}
