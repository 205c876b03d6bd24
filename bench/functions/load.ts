import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What one burst came to. */
export interface Burst {
  readonly requestsPerSecond: number
  /** Milliseconds; half of the answers took no longer. */
  readonly p50Ms: number
}

const postScript = fileURLToPath(new URL('../wrk/post.lua', import.meta.url))

/** Runs wrk with 1 KB posts for some seconds on whatever core is free; rejects on any error. */
export async function burst(
  url: string,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Burst> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '10s']
  const child = spawn('wrk', [...options, '-s', postScript, url, '--', '1024'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  const requests = Number(/(\d+) requests in/.exec(output)?.[1] ?? 0)
  if (requests === 0 || /Non-2xx|Socket errors/.test(output)) {
    throw new Error(`errors at ${url}:\n${output}`)
  }
  return { requestsPerSecond: requests / seconds, p50Ms: latencyMs(output, '50%') }
}

function latencyMs(output: string, percentile: string): number {
  const [, number = 'NaN', unit = ''] =
    new RegExp(`${percentile}\\s+([\\d.]+)(us|ms|s)`).exec(output) ?? []
  const factor = { us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN
  return Number(number) * factor
}
