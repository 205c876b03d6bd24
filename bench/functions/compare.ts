import { median, pairedRatio, type Interval } from '../whole-gateway/statistics.ts'
import type { Running } from '../whole-gateway/proxies.ts'
import { burst, type Burst } from './load.ts'

/** A server's figures, and how many times better the reference is. */
export interface FunctionFigure {
  readonly name: string
  readonly requestsPerSecond: number
  readonly p50Ms: number
  /** Requests per second of the reference over this one's. */
  readonly throughput: Interval
  /** p50 of this one over the reference's. */
  readonly latency: Interval
}

/**
 * Requests per second and median latency of each server against `reference`, in bursts that alternate.
 * Nothing is pinned: functions run in processes of their own, which a core for the server would hold back.
 */
export async function compareFunctions(
  reference: Running,
  peers: readonly Running[],
  load: { readonly connections: number; readonly seconds: number; readonly pairs: number },
): Promise<FunctionFigure[]> {
  for (const server of [reference, ...peers]) await burst(server.url, { ...load, seconds: 2 })
  const pairs = new Map(peers.map((peer) => [peer, [] as { base: Burst; own: Burst }[]]))
  for (let pair = 0; pair < load.pairs; pair += 1) {
    for (const [peer, taken] of pairs) {
      const base = await burst(reference.url, load)
      taken.push({ base, own: await burst(peer.url, load) })
    }
  }
  const all = [...pairs.values()].flat().map(({ base }) => base)
  const figures = [...pairs].map(([peer, taken]) => ({
    ...middleOf(
      peer.name,
      taken.map(({ own }) => own),
    ),
    throughput: pairedRatio(taken.map((p) => p.base.requestsPerSecond / p.own.requestsPerSecond)),
    latency: pairedRatio(taken.map(({ base, own }) => own.p50Ms / base.p50Ms)),
  }))
  const same: Interval = { middle: 1, low: 1, high: 1 }
  return [{ ...middleOf(reference.name, all), throughput: same, latency: same }, ...figures]
}

function middleOf(name: string, bursts: readonly Burst[]) {
  return {
    name,
    requestsPerSecond: median(bursts.map(({ requestsPerSecond }) => requestsPerSecond)),
    p50Ms: median(bursts.map(({ p50Ms }) => p50Ms)),
  }
}
