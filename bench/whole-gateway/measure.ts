import { cpuTimeUs } from './cpu-time.ts'
import { burst, type Workload } from './load.ts'
import type { Running } from './proxies.ts'
import { median, pairedRatio, type Interval } from './statistics.ts'

export interface Figure {
  readonly name: string
  readonly cpuUsPerRequest: number
  readonly requestsPerSecond: number
  /** Efficiency against the reference: its CPU per request divided by this one's. */
  readonly ratio: Interval
}

/**
 * CPU per request of each proxy against `reference`, in alternating bursts: reference, proxy,
 * reference, proxy, … Each pair gives one ratio, so that what else the machine does cancels out.
 */
export async function compare(
  reference: Running,
  proxies: readonly Running[],
  workload: Workload,
  { pairs, seconds }: { readonly pairs: number; readonly seconds: number },
): Promise<Figure[]> {
  for (const proxy of [reference, ...proxies]) await burst(proxy.url, workload, 1)
  const samples = new Map(proxies.map((proxy) => [proxy, emptySample()]))
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const proxy of proxies) {
      const base = await sample(reference, workload, seconds)
      const own = await sample(proxy, workload, seconds)
      const kept = samples.get(proxy) ?? emptySample()
      kept.ratios.push(base.cpuUs / own.cpuUs)
      kept.cpuUs.push(own.cpuUs)
      kept.rps.push(own.rps)
    }
  }
  return [...samples].map(([proxy, { ratios, cpuUs, rps }]) => ({
    name: proxy.name,
    cpuUsPerRequest: median(cpuUs),
    requestsPerSecond: median(rps),
    ratio: pairedRatio(ratios),
  }))
}

function emptySample(): { ratios: number[]; cpuUs: number[]; rps: number[] } {
  return { ratios: [], cpuUs: [], rps: [] }
}

async function sample(proxy: Running, workload: Workload, seconds: number) {
  const before = cpuTimeUs(proxy.pid)
  const requests = await burst(proxy.url, workload, seconds)
  return { cpuUs: (cpuTimeUs(proxy.pid) - before) / requests, rps: requests / seconds }
}
