import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SandboxInvocation } from '../../ports/sandboxes.ts'
import { answers, type RuntimeAnswer } from './runtime-api-answers.ts'
import { findStreamedResponse, readCall, type RuntimeCall } from './runtime-api-call.ts'
import { openRuntimeApiStream, type RuntimeApiStream } from './runtime-api-stream.ts'
import type { RuntimeLink, RuntimeLinkEvents } from './runtime-link.ts'

/** The HTTP Runtime API of one sandbox, on a loopback port of its own. */
export interface RuntimeApi {
  /** Value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string
  /** Connects what comes with who listens; before this nothing is answered. */
  link(events: RuntimeLinkEvents): RuntimeLink
  close(): void
}

const connectionsMax = 64

/**
 * Listens. Documented: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * Rejects when no port can be had.
 */
export async function openRuntimeApi(): Promise<RuntimeApi> {
  const linked = Promise.withResolvers<RuntimeSession>()
  let received = 0
  const server = createServer((request, response) => {
    void linked.promise.then((session) => session.take(request, response))
  })
  server.maxConnections = connectionsMax
  // A runtime waits for its next event as long as it takes.
  server.requestTimeout = 0
  server.timeout = 0
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    received += 1
    socket.on('data', (chunk: Buffer) => void (received += chunk.length))
    socket.on('error', () => undefined)
  })
  const address = await listen(server)
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return {
    address,
    close,
    link(events) {
      const session = openSession(address, events)
      linked.resolve(session)
      return {
        send: (invocation) => session.send(invocation),
        credit: (bytes) => session.stream()?.credit(bytes),
        drop: () => session.stream()?.drop(),
        activity: () => received,
        close,
      }
    },
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0, backlog: 64 }, resolve)
  })
  server.on('error', () => undefined)
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return `127.0.0.1:${port}`
}

interface RuntimeSession {
  take(request: IncomingMessage, response: ServerResponse): Promise<void>
  send(invocation: SandboxInvocation): void
  /** The one under way. */
  stream(): RuntimeApiStream | undefined
}

/** Where a runtime is, in the words of AWS's own messages. */
type RuntimeState =
  | 'Started'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'ResponseSent'
  | 'InitError'

/** Follows one runtime through its states, and answers its calls in the order in which they end. */
function openSession(address: string, events: RuntimeLinkEvents): RuntimeSession {
  let state: RuntimeState = 'Started'
  let invocation: SandboxInvocation | undefined
  let polls: ServerResponse[] = []
  let stream: RuntimeApiStream | undefined

  function deliver(): void {
    const poll = polls.shift()
    if (poll === undefined || invocation === undefined) return
    // Who asks twice at a time has lost its first connection: the others wait for nothing.
    for (const older of polls) older.destroy()
    polls = []
    state = 'Running'
    answer(poll, answers.event(invocation))
  }

  /** Asking again while an event is under way gives the same event: its first answer may have been lost. */
  function next(response: ServerResponse): void {
    if (state === 'InitError') return answer(response, answers.wrongState(state, 'Ready'))
    const isFirst = state === 'Started'
    if (state !== 'Running' && state !== 'InvocationResponse') state = 'Ready'
    polls.unshift(response)
    response.once('close', () => void (polls = polls.filter((poll) => poll !== response)))
    if (isFirst) events.ready()
    if (invocation !== undefined && stream === undefined) deliver()
  }

  function settle(call: RuntimeCall, response: ServerResponse): void {
    if (call.kind === 'init-error') return settleInit(call.payload, response)
    if (call.kind === 'unknown') return answer(response, answers.notFound)
    if (call.kind === 'ping') return answer(response, answers.pong)
    if (call.kind === 'next') return next(response)
    if (call.requestId !== invocation?.requestId) return answer(response, answers.invalidRequestId)
    if (state !== 'Running') {
      const wanted = call.kind === 'error' ? 'InvocationErrorResponse' : 'InvocationResponse'
      return answer(response, answers.wrongState(state, wanted))
    }
    if (call.kind === 'cut-off') return
    state = 'ResponseSent'
    invocation = undefined
    answer(response, acceptance[call.kind])
    tell(call, events)
  }

  /** Told as it comes; the invocation is over with its last byte. */
  async function takeStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    state = 'InvocationResponse'
    stream = openRuntimeApiStream(request)
    const end = await stream.readTo(events)
    stream = undefined
    state = 'ResponseSent'
    invocation = undefined
    if (end.kind === 'whole') events.streamEnd()
    else if (end.kind === 'failed') events.error(end.payload)
    // A runtime that loses its connection has ended, or is as good as that: how, its exit says.
    else return events.left()
    answer(response, answers.accepted)
  }

  function isToBeStreamed(request: IncomingMessage): boolean {
    if (state !== 'Running' || invocation?.onStream === undefined) return false
    return findStreamedResponse(request, address) === invocation.requestId
  }

  function settleInit(payload: string, response: ServerResponse): void {
    if (state !== 'Started') return answer(response, answers.wrongState(state, 'InitError'))
    state = 'InitError'
    answer(response, answers.accepted)
    events.initError(payload)
  }

  return {
    stream: () => stream,
    async take(request, response) {
      if (isToBeStreamed(request)) return takeStream(request, response)
      settle(await readCall(request, address), response)
    },
    send(next) {
      invocation = next
      if (polls.length > 0) deliver()
    },
  }
}

/** How a runtime is told that its invocation is over. */
const acceptance = Object.freeze({
  response: answers.accepted,
  error: answers.accepted,
  'too-large': answers.tooLarge,
  'wrong-mode': answers.invalidMode,
})

const wrongMode = JSON.stringify({
  errorType: 'Runtime.InvalidResponseModeHeader',
  errorMessage: 'Invalid function response mode',
})

function tell(call: RuntimeCall, events: RuntimeLinkEvents): void {
  if (call.kind === 'response') events.response(call.payload)
  else if (call.kind === 'error') events.error(call.payload)
  else if (call.kind === 'too-large') events.tooLarge(call.bytes)
  else if (call.kind === 'wrong-mode') events.error(wrongMode)
}

function answer(response: ServerResponse, { status, fields, body }: RuntimeAnswer): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, [...fields, 'Content-Length', String(bytes.length)])
  response.end(bytes)
}
