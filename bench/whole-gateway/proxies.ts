import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = dirname(dirname(fileURLToPath(import.meta.url)))

/** A running proxy (or the upstream). */
export interface Running {
  readonly name: string
  readonly pid: number
  /** Where the measured requests go. */
  readonly url: string
  stop(): Promise<void>
}

/** How a server is started. */
export interface ServerStart {
  readonly name: string
  readonly command: readonly string[]
  readonly port: number
  readonly url?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Starts a server pinned to a core and waits until it listens. */
export function startPinned(options: ServerStart & { readonly core: number }): Promise<Running> {
  // taskset replaces itself by the command, so its pid is the server's.
  return startServer({
    ...options,
    command: ['taskset', '-c', String(options.core), ...options.command],
  })
}

/** Starts a server and waits until it listens. */
export async function startServer(options: ServerStart): Promise<Running> {
  const { name, command, port, url = `http://127.0.0.1:${port}/` } = options
  const [program = '', ...parameters] = command
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  let errors = ''
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (errors = (errors + text).slice(-4000)))
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.stderr.write(`${name} ended with ${code}\n${errors}\n`)
  })
  await untilListening(port, child)
  return { name, pid: child.pid ?? 0, url, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server for port ${port} ended`)
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`nothing listens on port ${port}`)
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** nginx with one of the committed configurations. */
export async function startNginx(options: {
  readonly configuration: 'upstream' | 'bare' | 'equal'
  readonly core: number
  readonly directory: string
  readonly upstreamPort?: number
  readonly path?: string
}): Promise<Running> {
  const { configuration, core, directory, upstreamPort = 0, path = '/' } = options
  mkdirSync(directory, { recursive: true })
  const port = await freePort()
  const text = readFileSync(join(bench, 'nginx', `${configuration}.conf`), 'utf8')
    .replaceAll('PREFIX', directory)
    .replaceAll('UPSTREAM', String(upstreamPort))
    .replaceAll('PORT', String(port))
  const file = join(directory, `${configuration}.conf`)
  writeFileSync(file, text)
  return startPinned({
    name: configuration === 'upstream' ? 'upstream' : `nginx ${configuration}`,
    core,
    port,
    url: `http://127.0.0.1:${port}${path}`,
    command: ['nginx', '-p', directory, '-c', file, '-e', join(directory, 'error.log')],
  })
}

/** caddy as a plain reverse proxy. */
export async function startCaddy(core: number, upstreamPort: number): Promise<Running> {
  const port = await freePort()
  return startPinned({
    name: 'caddy',
    core,
    port,
    command: ['caddy', 'run', '--config', join(bench, 'peers', 'Caddyfile')],
    env: { PORT: String(port), UPSTREAM: String(upstreamPort), GOMAXPROCS: '1' },
  })
}

/** A peer written for Node, on the same Node. */
export async function startNodePeer(
  name: string,
  file: string,
  core: number,
  upstreamPort: number,
): Promise<Running> {
  const port = await freePort()
  const script = join(bench, 'peers', file)
  return startPinned({
    name,
    core,
    port,
    command: [process.execPath, script, String(port), String(upstreamPort)],
    env: { NODE_ENV: 'production' },
  })
}
