import type { Upstream } from '../../ports/upstream.ts'
import { createRawUpstream } from './raw-upstream.ts'
import { createUndiciUpstream } from './undici-upstream.ts'
import type { UpstreamOptions } from './upstream-options.ts'

/** The client for all origins: the raw one for `http:`, undici for `https:`. */
export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const plain = createRawUpstream(options)
  const secure = createUndiciUpstream(options)
  return {
    exchange: (request) =>
      request.origin.protocol === 'https:' ? secure.exchange(request) : plain.exchange(request),
    close: async () => {
      await Promise.all([plain.close(), secure.close()])
    },
  }
}
