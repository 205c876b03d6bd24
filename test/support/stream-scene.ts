import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createFunction, permitApi, publishFunctionApi } from './function-api.ts'
import { startLocalGateway, type LocalGateway } from './local-gateway.ts'
import { lambdaClient } from './staged-function.ts'
import type { ZipContent } from './zip.ts'

/**
 * Where a function meets its test: it asks, and goes on when it is answered. So the test decides what
 * happens next, and never time.
 */
export interface Meeting {
  readonly url: string
  /** The next request to that path. */
  at(path: string): Promise<{ goOn(): void }>
  /** From now on requests to that path are answered at once; `said` is their body. */
  on(path: string, listen: (said: string) => void): void
}

/** What streams, in one of three ways of saying it. */
export interface StreamedFunction {
  /** Absent: one. */
  readonly workers?: number
  /** Absent: 15 minutes. */
  readonly timeoutInMillis?: number
  /** The body of a streaming handler: `event`, `stream`, `meet(path, said)` and `open(stream, metadata)`. */
  readonly body?: string
  /** A whole module. */
  readonly handler?: string
  /** What a custom runtime does with an `event` and a `response` to the Runtime API, both streamed. */
  readonly runtime?: string
}

export interface StreamScene {
  readonly gateway: LocalGateway
  readonly meeting: Meeting
  /** Of the stage. */
  readonly path: string
  ask(query?: string): Promise<Response>
}

const FunctionName = 'streams'
const restApiId = 'streaming01'

/** A gateway with one function that streams behind a stage. */
export async function openStreamScene(
  t: TestContext,
  streamed: StreamedFunction,
): Promise<StreamScene> {
  const { workers = 1, timeoutInMillis = 900_000 } = streamed
  const gateway = await startLocalGateway({ workers: String(workers) })
  t.after(() => gateway.close())
  const meeting = await openMeeting(t)
  const lambda = lambdaClient(gateway.url)
  t.after(() => lambda.destroy())
  const Environment = { Variables: { MEETING: meeting.url } }
  const own = streamed.runtime === undefined ? {} : { Runtime: 'provided.al2023' as const }
  const members = { Environment, Timeout: 60, ...own }
  await createFunction(lambda, FunctionName, filesOf(streamed), members)
  await permitApi(lambda, FunctionName)
  await publishFunctionApi(gateway.url, {
    restApiId,
    routes: [{ path: '/', target: FunctionName, isStreamed: true, timeoutInMillis }],
    stages: { prod: {} },
  })
  const path = `/_aws/execute-api/${restApiId}/prod/`
  return { gateway, meeting, path, ask: (query = '') => fetch(`${gateway.url}${path}${query}`) }
}

const meet = `const meet = async (place, body = '') =>
  (await fetch(process.env.MEETING + place, { method: 'POST', body })).text()
`

function filesOf({
  body,
  handler,
  runtime,
}: StreamedFunction): Readonly<Record<string, ZipContent>> {
  if (runtime !== undefined) {
    return { bootstrap: { content: Buffer.from(bootstrapOf(runtime)), mode: 0o100755 } }
  }
  return {
    'index.mjs':
      handler ??
      `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      const open = (stream, metadata = {}) => awslambda.HttpResponseStream.from(stream, metadata)
      ${meet}
      export const handler = awslambda.streamifyResponse(async (event, stream) => { ${body ?? ''} })`,
  }
}

function bootstrapOf(runtime: string): string {
  return `#!${process.execPath}
const http = require('node:http')
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/'
${meet}
async function run() {
  for (;;) {
    const next = await fetch(api + 'next')
    const id = next.headers.get('lambda-runtime-aws-request-id')
    const event = await next.json()
    const headers = { 'Lambda-Runtime-Function-Response-Mode': 'streaming', 'Transfer-Encoding': 'chunked' }
    const response = http.request(api + id + '/response', { method: 'POST', headers })
    const accepted = new Promise((resolve) => response.on('response', (answer) => answer.resume().on('end', resolve)))
    await (async () => { ${runtime} })()
    await accepted
  }
}
run()
`
}

async function openMeeting(t: TestContext): Promise<Meeting> {
  const waiting = new Map<string, PromiseWithResolvers<{ goOn(): void }>>()
  const listeners = new Map<string, (said: string) => void>()
  const placeOf = (path: string) => {
    const place = waiting.get(path) ?? Promise.withResolvers<{ goOn(): void }>()
    waiting.set(path, place)
    return place
  }
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let said = ''
    for await (const piece of request) said += String(piece)
    const path = request.url ?? ''
    const goOn = () => void response.end('go on')
    const listen = listeners.get(path)
    if (listen === undefined) return placeOf(path).resolve({ goOn })
    listen(said)
    goOn()
  }
  // A function that is killed breaks its request off.
  const server = createServer((request, response) => void take(request, response).catch(() => {}))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  // A TCP server that listens has an AddressInfo.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async at(path) {
      const met = await placeOf(path).promise
      waiting.delete(path)
      return met
    },
    on: (path, listen) => void listeners.set(path, listen),
  }
}
