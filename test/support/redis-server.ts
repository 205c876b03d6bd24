import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** The program; undefined where there is none. */
export const redisProgram = process.env['STAGEDOOR_TEST_REDIS']

/** A real server of its own, which keeps nothing on disk. */
export interface RedisServer {
  /** `redis://127.0.0.1:23456`, the same after a restart. */
  readonly url: string
  /** Kills it: connections break, and what it held is gone. */
  stop(): Promise<void>
  /** Starts it again on the same port, empty; resolves when it answers. */
  start(): Promise<void>
  /** It takes bytes and answers nothing, until it is resumed. */
  pause(): void
  resume(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a server on a free loopback port and waits until it answers. */
export async function startRedisServer(): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findPort()
    const started = await startOn(port)
    if (typeof started !== 'string') return runningServer(port, started)
    if (attempt === 10) throw new Error(started)
  }
}

function runningServer(port: number, first: ChildProcess): RedisServer {
  let running: ChildProcess | undefined = first
  const stop = async () => {
    const stopping = running
    running = undefined
    if (stopping === undefined) return
    const exited = once(stopping, 'exit')
    stopping.kill('SIGKILL')
    await exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop,
    async start() {
      const started = await startOn(port)
      if (typeof started === 'string') throw new Error(started)
      running = started
    },
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
    [Symbol.asyncDispose]: stop,
  }
}

/** The process, or what it wrote before it ended. */
async function startOn(port: number): Promise<ChildProcess | string> {
  const child = spawn(
    redisProgram ?? 'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  const isReady = new Promise<ChildProcess>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/ready to accept connections/i.test(output)) resolve(child)
    })
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
  return Promise.race([isReady, ended])
}

/** Below the ports that outgoing connections take: it stays free while the server is stopped. */
async function findPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const probe = createServer()
    const outcome = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!outcome) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
