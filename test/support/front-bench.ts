import type { TestContext } from 'node:test'
import { createServer, type AddressInfo } from 'node:net'
import { textBody } from '../../src/base/body.ts'
import type { ContentMemory } from '../../src/data-plane/content-memory.ts'
import { defaultFrontBounds, type FrontBounds } from '../../src/server/http/front-bounds.ts'
import {
  createHttpFront,
  type FrontPlanes,
  type HttpFront,
} from '../../src/server/http/http-front.ts'
import { allPlanes, type Plane } from '../../src/server/http/planes.ts'
import type { ReceivedRequest } from '../../src/server/http/received-request.ts'
import {
  createSignalMemory,
  readSignals,
  writeSignals,
  type SignalReader,
} from '../../src/server/workers/worker-signals.ts'
import type { OutgoingResponse } from '../../src/server/http/write-response.ts'
import { connectRaw, type RawClient } from './raw-client.ts'

/** A front before a plane that a test decides, and connections to it. */
export interface Bench {
  readonly front: HttpFront
  readonly signals: SignalReader
  readonly bugs: unknown[]
  open(): Promise<RawClient>
}

/** Answers execute-api. */
export type Respond = (
  request: ReceivedRequest,
  path: string,
) => OutgoingResponse | Promise<OutgoingResponse>

/** `hello`, whatever is asked. */
export const ok = async (): Promise<OutgoingResponse> => ({
  status: 200,
  headers: ['Content-Type', 'text/plain'],
  body: textBody('hello'),
})

/** Starts a front on a free port; the test's end ends it and its clients. */
export async function startFront(
  t: TestContext,
  options: {
    readonly respond?: Respond
    readonly forward?: FrontPlanes['forward']
    readonly bounds?: Partial<FrontBounds>
    readonly planes?: readonly Plane[]
    readonly contentMemory?: ContentMemory
  } = {},
): Promise<Bench> {
  const { respond = ok, forward, bounds, planes = allPlanes, contentMemory } = options
  const memory = createSignalMemory()
  const bugs: unknown[] = []
  const front = createHttpFront({
    planes: {
      executeApi: (request, address) => respond(request, address.path),
      forward: forward ?? (async () => ({ status: 200, headers: [], body: Buffer.from('owner') })),
    },
    signals: writeSignals(memory),
    bounds: { ...defaultFrontBounds, ...bounds },
    ...(contentMemory === undefined ? {} : { contentMemory }),
    onBug: (error) => bugs.push(error),
  })
  const planeSet = new Set(planes)
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
    front.takeConnection(socket, planeSet),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const clients: RawClient[] = []
  t.after(async () => {
    for (const client of clients) client[Symbol.dispose]()
    await front.drain(0)
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    front,
    signals: readSignals(memory),
    bugs,
    async open() {
      const client = await connectRaw(port)
      clients.push(client)
      return client
    },
  }
}

/** A GET of a stage. */
export const get = (path: string, ...fields: string[]) =>
  `GET /_aws/execute-api/abc/prod${path} HTTP/1.1\r\nHost: x\r\n${fields.map((f) => `${f}\r\n`).join('')}\r\n`
/** The head of a POST to a stage. */
export const post = (path: string, ...fields: string[]) =>
  get(path, ...fields).replace('GET', 'POST')
/** How many answers are in what was received. */
export const answers = (received: string) => received.split('HTTP/1.1 ').length - 1
