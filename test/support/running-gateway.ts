import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A gateway in a process of its own, as a user starts it. */
export interface RunningGateway {
  readonly endpoint: string
  readonly process: ChildProcess
  readonly dataDirectory: string
  /** All that it has printed. */
  output(): string
  /** Resolves when what it has printed matches; its log arrives a little after what it tells of. */
  printed(pattern: RegExp): Promise<void>
  /** Kills it at once, as a power cut would. */
  kill(): Promise<void>
  /** Asks it to stop, waits, and answers its exit code; the data directory stays. */
  stop(): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** No test is to depend on how fast a machine is: an account's limit is in the way of none. */
export const unthrottled = ['accountThrottleRate=1000000000', 'accountThrottleBurst=1000000000']

/** Starts `stagedoor start` from source on a free port and waits for `Ready.`. */
export async function startGateway(
  options: {
    readonly arguments?: readonly string[]
    readonly dataDirectory?: string
    readonly environment?: NodeJS.ProcessEnv
  } = {},
): Promise<RunningGateway> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'src', 'main.ts'),
      ...['start', '--port', '0', '--data-dir', dataDirectory],
      ...unthrottled.flatMap((quota) => ['--quota', quota]),
      ...(options.arguments ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (/^Ready\.$/m.test(output)) resolve()
    })
  })
  const failed = exited.then((code) => {
    throw new Error(`the gateway ended with ${code}:\n${output}`)
  })
  await Promise.race([isReady, failed])
  failed.catch(() => {})
  const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
  if (endpoint === undefined) throw new Error(`no endpoint was printed:\n${output}`)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return exited
  }
  return {
    endpoint,
    process: child,
    dataDirectory,
    output: () => output,
    printed: (pattern) => untilPrinted(child, pattern, () => output),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL')
      if (options.dataDirectory === undefined) {
        rmSync(dataDirectory, { recursive: true, force: true })
      }
    },
  }
}

async function untilPrinted(
  { stdout, stderr }: ChildProcess,
  pattern: RegExp,
  output: () => string,
): Promise<void> {
  const isPrinted = Promise.withResolvers<void>()
  const look = () => pattern.test(output()) && isPrinted.resolve()
  const refuse = () => isPrinted.reject(new Error(`${pattern} was not printed:\n${output()}`))
  const patience = AbortSignal.timeout(10_000)
  patience.addEventListener('abort', refuse)
  for (const stream of [stdout, stderr]) stream?.on('data', look)
  look()
  await isPrinted.promise.finally(() => {
    for (const stream of [stdout, stderr]) stream?.off('data', look)
  })
}

/** The official client, pointed at a gateway. */
export function apiGatewayClient(endpoint: string, region = 'us-east-1'): APIGatewayClient {
  return new APIGatewayClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
}
