/**
 * What one upstream exchange costs: CPU per request of the raw client beside undici and node:http.
 *
 * The backend is a process of its own on loopback; the clients take turns in short bursts, so that what
 * else the machine does hits all of them. Run: `node bench/upstream.ts [burstMs] [rounds]`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { createRawUpstream } from '../src/adapters/upstream/raw-upstream.ts'
import { createUndiciUpstream } from '../src/adapters/upstream/undici-upstream.ts'
import { bytesBody, emptyBody } from '../src/base/body.ts'
import type { Upstream } from '../src/ports/upstream.ts'

const concurrency = 32

interface Workload {
  readonly name: string
  readonly method: string
  readonly target: string
  readonly content: Uint8Array | undefined
}

const workloads: readonly Workload[] = [
  { name: 'GET 200 B', method: 'GET', target: '/200', content: undefined },
  {
    name: 'POST 10 KB, answer 200 B',
    method: 'POST',
    target: '/200',
    content: Buffer.alloc(10_240, 97),
  },
  { name: 'GET 1 MB', method: 'GET', target: '/1048576', content: undefined },
]

const fields = [
  ['accept', '*/*'],
  ['user-agent', 'AmazonAPIGateway_1234567890'],
  ['x-amzn-apigateway-api-id', '1234567890'],
  ['x-amzn-trace-id', 'Root=1-67891233-abcdef012345678912345678'],
  ['x-forwarded-for', '127.0.0.1'],
  ['content-type', 'application/json'],
] as const

/** Answers `/N` with N bytes, as cheaply as Node can. */
function runBackend(): void {
  const answers = new Map<string, Buffer>()
  const answerFor = (size: string): Buffer => {
    const known = answers.get(size)
    if (known !== undefined) return known
    const head = `HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sat, 01 Jan 2028 00:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`
    const answer = Buffer.concat([Buffer.from(head), Buffer.alloc(Number(size), 98)])
    answers.set(size, answer)
    return answer
  }
  const server = createServer({ noDelay: true }, (socket) => {
    let toSkip = 0
    let size = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      if (toSkip === 0) {
        const text = bytes.toString('latin1')
        size = text.slice(text.indexOf(' ') + 2, text.indexOf(' HTTP'))
        const length = /content-length: (\d+)/i.exec(text)?.[1] ?? '0'
        toSkip = text.indexOf('\r\n\r\n') + 4 + Number(length)
      }
      toSkip -= bytes.length
      if (toSkip === 0) socket.write(answerFor(size))
    })
  })
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port)
  })
  process.on('disconnect', () => process.exit(0))
}

type Client = (workload: Workload) => Promise<void>

function portClient(upstream: Upstream, port: number): Client {
  const origin = { protocol: 'http:', hostname: '127.0.0.1', port } as const
  const headers = ['Host', `127.0.0.1:${port}`, ...fields.flat()]
  return async ({ method, target, content }) => {
    const body = content === undefined ? emptyBody : bytesBody(content)
    const outcome = await upstream.exchange({
      origin,
      method,
      target,
      headers,
      body,
      timeoutMs: 29_000,
    })
    if (outcome.outcome !== 'response') throw new Error(JSON.stringify(outcome))
    if (outcome.body.bytes === undefined) {
      for await (const _piece of outcome.body.stream()) continue
    }
  }
}

function undiciClient(port: number): Client {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 256 })
  const headers = fields.flat()
  return ({ method, target, content }) =>
    new Promise((resolve, reject) => {
      const pieces: Buffer[] = []
      pool.dispatch(
        { path: target, method, headers, body: content ?? null },
        {
          onRequestStart: () => {},
          onResponseStart: () => {},
          onResponseData: (_controller, chunk) => void pieces.push(chunk),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
}

function nodeClient(port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const headers = Object.fromEntries(fields)
  return ({ method, target, content }) =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          agent,
          host: '127.0.0.1',
          port,
          method,
          path: target,
          headers:
            content === undefined ? headers : { ...headers, 'content-length': content.length },
        },
        (response) => {
          response.on('data', () => {})
          response.on('end', resolve)
          response.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(content)
    })
}

/** Microseconds of CPU per request during one burst. */
async function burst(client: Client, workload: Workload, burstMs: number): Promise<number> {
  const before = process.cpuUsage()
  const endMs = performance.now() + burstMs
  let requestsCount = 0
  const loop = async () => {
    while (performance.now() < endMs) {
      await client(workload)
      requestsCount += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requestsCount
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

async function run(burstMs: number, rounds: number): Promise<void> {
  const backend = spawn(process.execPath, [import.meta.filename, '--backend'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [port] = (await once(backend, 'message')) as [number]
  const clients: Record<string, Client> = {
    raw: portClient(createRawUpstream(), port),
    'undici behind the port': portClient(createUndiciUpstream(), port),
    'undici Pool.dispatch': undiciClient(port),
    'node:http Agent': nodeClient(port),
  }
  for (const workload of workloads) {
    const costs = new Map(Object.keys(clients).map((name) => [name, [] as number[]]))
    for (const client of Object.values(clients)) await burst(client, workload, burstMs)
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, client] of Object.entries(clients)) {
        costs.get(name)!.push(await burst(client, workload, burstMs))
      }
    }
    console.log(`\n${workload.name}: CPU µs per request, ${concurrency} at a time`)
    for (const [name, values] of costs) {
      const ratios = values.map((value, round) => value / costs.get('raw')![round]!)
      console.log(
        `  ${name.padEnd(24)} ${median(values).toFixed(1).padStart(8)}   ${median(ratios).toFixed(2)} of raw`,
      )
    }
  }
  backend.disconnect()
  process.exit(0)
}

if (process.argv[2] === '--backend') runBackend()
else await run(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 7))
