import type { PoolLimits } from './connection-pool.ts'
import { defaultResponseHeadLimits, type ResponseHeadLimits } from './response-head.ts'

/** Bounds of the upstream clients; what is left out has the default named beside it. */
export interface UpstreamOptions extends Partial<PoolLimits>, Partial<ResponseHeadLimits> {
  /** Origins with open connections; idle ones above it are closed, least recently used first. */
  readonly originsMax?: number
  /** Certificate authorities (PEM) trusted beside the default ones. */
  readonly caBundlePem?: string
}

/** All bounds, with the defaults filled in. */
export interface UpstreamLimits extends PoolLimits, ResponseHeadLimits {
  readonly originsMax: number
}

/**
 * The default bounds.
 *
 * 4 s idle is under the 5 s after which Node's own servers close; content may pause for the five minutes
 * that API Gateway allows a stream.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export const defaultUpstreamLimits: UpstreamLimits = Object.freeze({
  ...defaultResponseHeadLimits,
  connectionsPerOriginMax: 256,
  waitingPerOriginMax: 10_000,
  originsMax: 1024,
  idleMs: 4000,
  idleMsMax: 60_000,
  unclaimedMsMax: 10_000,
  contentIdleMsMax: 300_000,
})

/** The default bounds with those of the options put over them. */
export function upstreamLimits(options: UpstreamOptions): UpstreamLimits {
  const { caBundlePem: _caBundlePem, ...limits } = options
  return Object.freeze({ ...defaultUpstreamLimits, ...limits })
}
