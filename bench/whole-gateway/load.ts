import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What is asked of every proxy. */
export interface Workload {
  readonly name: string
  readonly connections: number
  /** Undefined: GET. */
  readonly postBytes?: number
  /** What is posted is JSON. */
  readonly isJson?: true
}

export const workloads: readonly Workload[] = [
  { name: 'GET 200 B', connections: 32 },
  { name: 'POST 10 KB', connections: 32, postBytes: 10_240 },
  { name: 'POST 1 MB', connections: 8, postBytes: 1_048_576 },
]

const postScript = fileURLToPath(new URL('../wrk/post.lua', import.meta.url))

/** Runs wrk on the second core and answers how many requests were served; rejects on any error. */
export async function burst(url: string, workload: Workload, seconds: number): Promise<number> {
  const { connections, postBytes, isJson } = workload
  const sent = isJson === true ? [String(postBytes), 'json'] : [String(postBytes)]
  const post = postBytes === undefined ? [] : ['-s', postScript, url, '--', ...sent]
  const output = await capture('taskset', [
    ...['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`],
    ...(postBytes === undefined ? [url] : post),
  ])
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`errors at ${url}:\n${output}`)
  const requests = Number(/(\d+) requests in/.exec(output)?.[1] ?? 0)
  if (requests === 0) throw new Error(`nothing was served at ${url}:\n${output}`)
  return requests
}

async function capture(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve)
    child.once('error', reject)
  })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}
