import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import { createRawUpstream } from './raw-upstream.ts'
import type { UpstreamOptions } from './upstream-options.ts'

/**
 * The client for all origins: the raw one for `http:`, undici for `https:`.
 *
 * Undici is loaded by the first exchange over TLS: a server that has none keeps its memory and starts
 * sooner.
 */
export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const plain = createRawUpstream(options)
  let secure: Promise<Upstream> | undefined
  let isClosed = false
  const loadSecure = async () => {
    const { createUndiciUpstream } = await import('./undici-upstream.ts')
    return createUndiciUpstream(options)
  }
  return {
    exchange(request) {
      if (request.origin.protocol === 'http:') return plain.exchange(request)
      if (isClosed && secure === undefined) return refuse(request)
      secure ??= loadSecure()
      return secure.then((client) => client.exchange(request))
    },
    async close() {
      isClosed = true
      await Promise.all([plain.close(), secure?.then((client) => client.close())])
    },
  }
}

function refuse(request: UpstreamRequest): Promise<UpstreamOutcome> {
  request.body.discard()
  return Promise.resolve({ outcome: 'broken', detail: 'the upstream client is closed' })
}
