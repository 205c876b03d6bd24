import type { Upstream } from '../../ports/upstream.ts'
import { createOpenSocket } from './open-socket.ts'
import { createPooledUpstream } from './pooled-upstream.ts'
import { UndiciConnection } from './undici-connection.ts'
import { upstreamLimits, type UpstreamOptions } from './upstream-options.ts'

/**
 * The client for `https:` origins, on undici; also speaks `http:`, as the reference for the raw one.
 *
 * Nothing is decompressed and no redirect followed. The fields Keep-Alive, Upgrade and Expect are left
 * out of requests: undici refuses them, and they mean nothing without the Connection field.
 */
export function createUndiciUpstream(options: UpstreamOptions = {}): Upstream {
  const limits = upstreamLimits(options)
  const openSocket = createOpenSocket(options.caBundlePem)
  return createPooledUpstream(
    (destination, events) => new UndiciConnection({ destination, events, openSocket, limits }),
    limits,
  )
}
