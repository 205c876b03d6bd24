import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import type { Dial } from './connection-pool.ts'
import { createPooledUpstream } from './pooled-upstream.ts'
import { RawConnection } from './raw-connection.ts'
import { createResponseHeadParser } from './response-head.ts'
import { upstreamLimits, type UpstreamOptions } from './upstream-options.ts'
import { WriteBatch } from './write-batch.ts'

const readBytesMax = 65_536

/**
 * The lean client for `http:` origins: sockets and a strict parser of its own.
 *
 * Cost: a small exchange on a kept connection is one write, one read, one promise and no stream.
 */
export function createRawUpstream(options: UpstreamOptions = {}): Upstream {
  const limits = upstreamLimits(options)
  const parseHead = createResponseHeadParser(limits)
  // Where sockets are polled, a read fills the buffer and is consumed before the next one begins, so
  // that all connections can share it. Windows hands the buffer to the kernel ahead of time.
  const shared = process.platform === 'win32' ? undefined : Buffer.alloc(readBytesMax)
  const batch = new WriteBatch()
  const dial: Dial = ({ address }, events) =>
    new RawConnection({
      address,
      events,
      parseHead,
      limits,
      batch,
      readBuffer: shared ?? Buffer.alloc(readBytesMax),
    })
  const upstream = createPooledUpstream(dial, limits)
  return {
    exchange: (request) =>
      request.origin.protocol === 'http:' ? upstream.exchange(request) : refuseTls(request),
    close: () => upstream.close(),
  }
}

// Never in the clear what was meant to be encrypted.
function refuseTls(request: UpstreamRequest): Promise<UpstreamOutcome> {
  request.body.discard()
  return Promise.resolve({ outcome: 'invalid', detail: 'this client speaks http: only' })
}
