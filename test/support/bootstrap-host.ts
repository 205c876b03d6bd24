import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from './temporary-directory.ts'

const bootstraps = fileURLToPath(
  new URL('../../src/adapters/sandboxes/bootstraps/', import.meta.url),
)

/** Kinds of frames as the channel numbers them. */
export const kinds = {
  ready: 2,
  response: 3,
  error: 4,
  initError: 5,
  log: 6,
  lastError: 8,
  streamBegin: 9,
  streamPiece: 10,
  streamEnd: 11,
} as const

export interface Frame {
  readonly kind: number
  readonly content: Buffer
}

export interface BootstrapExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A function to start: its files by name, and how it is configured. */
export interface BootstrapSpec {
  readonly command: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly handler: string
  /** `nodejs22.x` */
  readonly runtime: string
  readonly environment?: Readonly<Record<string, string>>
}

/** `STAGEDOOR_TEST_NODE` names another Node than the one that tests. */
const nodeCommand = () => [
  process.env['STAGEDOOR_TEST_NODE'] ?? process.execPath,
  join(bootstraps, 'node-bootstrap.mjs'),
]
/** The command that runs the Python bootstrap. */
export const pythonCommand = (python: string) => [python, join(bootstraps, 'python_bootstrap.py')]

/** Starts a function of a Node runtime; a text is the content of index.js. */
export function startNode(
  t: Pick<TestContext, 'after'>,
  files: string | BootstrapSpec['files'],
  options: Partial<Omit<BootstrapSpec, 'command' | 'files'>> = {},
): BootstrapHost {
  return new BootstrapHost(t, {
    command: nodeCommand(),
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    ...options,
    files: typeof files === 'string' ? { 'index.js': files } : files,
  })
}

/** The supervisor's end of the channel, as small as a test can do with. */
export class BootstrapHost {
  readonly directory: string
  readonly child: ChildProcess
  readonly exit: Promise<BootstrapExit>
  /** All frames so far. */
  readonly frames: Frame[] = []
  stdout = ''
  stderr = ''
  readonly #channel: Duplex
  #received = Buffer.alloc(0)
  #looked = 0
  #wake = () => {}
  #hasEnded = false

  constructor(t: Pick<TestContext, 'after'>, spec: BootstrapSpec) {
    this.directory = temporaryDirectory(t)
    for (const [name, text] of Object.entries(spec.files)) {
      mkdirSync(dirname(join(this.directory, name)), { recursive: true })
      writeFileSync(join(this.directory, name), text)
    }
    const [program = '', ...args] = spec.command
    this.child = spawn(program, args, {
      cwd: this.directory,
      env: { ...functionEnvironment(spec, this.directory), ...spec.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    t.after(() => this.child.kill('SIGKILL'))
    // Index 3 was asked for as a pipe: a socket that reads and writes.
    this.#channel = this.child.stdio[3] as Duplex
    this.#channel.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#channel.on('error', () => {})
    this.#channel.on('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }))
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const { length } = this.#received
      if (length < 4 || length < 4 + this.#received.readUInt32BE(0)) return
      const end = 4 + this.#received.readUInt32BE(0)
      this.frames.push({ kind: this.#received[4]!, content: this.#received.subarray(5, end) })
      this.#received = this.#received.subarray(end)
      this.#wake()
    }
  }

  /** The next frame that is no line of the log. Throws when the channel ended before it. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.frames[this.#looked]
      if (frame === undefined) {
        if (this.#hasEnded) throw new Error(`the channel ended: ${this.stderr}`)
        await new Promise<void>((resolve) => (this.#wake = resolve))
      } else {
        this.#looked += 1
        if (frame.kind !== kinds.log) return frame
      }
    }
  }

  async ready(): Promise<this> {
    const frame = await this.next()
    if (frame.kind !== kinds.ready) throw new Error(frame.content.toString())
    return this
  }

  /** Lets a streamed answer go on by so many bytes; undefined: its rest is not wanted. */
  flow(bytes: number | undefined): void {
    const frame = Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0])
    if (bytes === undefined) return this.write(Uint8Array.of(0, 0, 0, 1, 13))
    frame.writeUInt32BE(bytes, 5)
    this.write(frame)
  }

  /** Sends raw bytes, in pieces where the test wants them so. */
  write(bytes: Uint8Array): void {
    this.#channel.write(bytes)
  }

  async invoke(event: unknown, header: Readonly<Record<string, unknown>> = {}): Promise<Frame> {
    this.write(invokeFrame(event, header))
    return this.next()
  }

  /** What the function answered, from JSON; an error fails the test. */
  async answer(event: unknown, header: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { kind, content } = await this.invoke(event, header)
    if (kind !== kinds.response) throw new Error(content.toString())
    return JSON.parse(content.toString())
  }

  /** The error that it answered. */
  async error(event: unknown = {}): Promise<Record<string, unknown>> {
    return errorOf(await this.invoke(event), kinds.error)
  }

  /** The error of an event that the process does not survive. */
  async lastError(event: unknown = {}): Promise<Record<string, unknown>> {
    return errorOf(await this.invoke(event), kinds.lastError)
  }

  async initError(): Promise<Record<string, unknown>> {
    return errorOf(await this.next(), kinds.initError)
  }

  /** Texts of the log's events so far. */
  logs(): string[] {
    const logs = this.frames.filter(({ kind }) => kind === kinds.log)
    return logs.map(({ content }) => content.subarray(8).toString())
  }

  /** The supervisor is gone. */
  end(): void {
    this.#channel.destroy()
  }
}

function errorOf({ kind, content }: Frame, wanted: number): Record<string, unknown> {
  if (kind !== wanted) throw new Error(`kind ${kind}: ${content.toString()}`)
  return JSON.parse(content.toString())
}

/** One invocation as the supervisor sends it. */
export function invokeFrame(
  event: unknown,
  header: Readonly<Record<string, unknown>> = {},
): Buffer {
  const full = {
    requestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
    deadlineMs: Date.now() + 30_000,
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders:PROD',
    traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    ...header,
  }
  const head = Buffer.from(JSON.stringify(full))
  const content = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))
  const frame = Buffer.alloc(9)
  frame.writeUInt32BE(5 + head.length + content.length, 0)
  frame.writeUInt8(1, 4)
  frame.writeUInt32BE(head.length, 5)
  return Buffer.concat([frame, head, content])
}

function functionEnvironment({ handler, runtime }: BootstrapSpec, directory: string) {
  return {
    PATH: process.env['PATH'],
    TZ: ':UTC',
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: directory,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: 'orders',
    AWS_LAMBDA_FUNCTION_VERSION: '7',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[7]0123456789abcdef0123456789abcdef',
  }
}
