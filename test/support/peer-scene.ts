import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { processFigures } from './process-figures.ts'
import { publishEndpoint, type EndpointToPublish } from './published-endpoint.ts'
import {
  startRawBackend,
  type RawBackend,
  type RawBackendOptions,
  type RawPeer,
} from './raw-backend.ts'
import { connectRaw, type RawClient } from './raw-client.ts'
import type { RunningGateway } from './running-gateway.ts'
import { get } from './steady-load.ts'

/** A running gateway between clients and an endpoint whose every byte a test decides. */
export interface PeerScene {
  readonly backend: RawBackend
  /** Port of the gateway. */
  readonly port: number
  open(): Promise<RawClient>
  /** Head and content of a request to `/prod{path}`; `Connection: close` unless fields say otherwise. */
  request(method: string, path: string, fields?: readonly string[], content?: string): string
  /** All that a client gets for one request on a connection of its own. Rejects when it is reset. */
  say(text: string): Promise<string>
  /** Nothing is open or under way at the gateway any more, on either side. */
  assertNothingLeft(): Promise<void>
}

/** Publishes an API before a backend that plays `script`, runs the test, and looks for what it left. */
export async function withPeers(
  gateway: RunningGateway,
  options: {
    readonly script: (peer: RawPeer) => Promise<void> | void
    readonly backend?: RawBackendOptions
    /** `protocol`: what the gateway takes the backend for, when it is not what it speaks. */
    readonly endpoint?: Partial<EndpointToPublish> & { readonly protocol?: 'https' }
  },
  run: (scene: PeerScene) => Promise<void>,
): Promise<void> {
  await using backend = await startRawBackend(options.script, options.backend)
  const { protocol = options.backend?.tls === undefined ? 'http' : 'https', ...endpoint } =
    options.endpoint ?? {}
  apiCount += 1
  const host = await publishEndpoint(gateway.endpoint, {
    restApiId: `peers${String(apiCount).padStart(5, '0')}`,
    origin: `${protocol}://127.0.0.1:${backend.port}`,
    ...endpoint,
  })
  const port = Number(new URL(gateway.endpoint).port)
  const before = await stillFigures(gateway)
  const scene: PeerScene = {
    backend,
    port,
    open: () => connectRaw(port),
    request(method, path, fields = ['Connection: close'], content = '') {
      const lines = [`${method} /prod${path} HTTP/1.1`, `Host: ${host}`, ...fields]
      return `${lines.join('\r\n')}\r\n\r\n${content}`
    },
    async say(text) {
      using client = await connectRaw(port)
      client.send(text)
      return await client.untilClosed()
    },
    assertNothingLeft: () => assertNothingLeft(gateway, backend, before),
  }
  await run(scene)
  await scene.assertNothingLeft()
}

// Names of APIs are all that the tests of one file share.
let apiCount = 0

interface Figures {
  readonly connections: number
  readonly inFlight: number
  readonly descriptors: number
}

/**
 * How long a gateway may take to notice that a peer is gone, to drop an idle connection (4 s), and to give
 * up one that is still being established when nobody waits for it any more (10 s).
 */
const patienceMs = 12_000

async function assertNothingLeft(
  gateway: RunningGateway,
  backend: RawBackend,
  before: Figures,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const now = { ...(await figuresOf(gateway)), toBackend: backend.openCount() }
    const isClean =
      now.connections <= before.connections &&
      now.inFlight <= before.inFlight &&
      now.descriptors <= before.descriptors &&
      now.toBackend === 0
    if (isClean) return
    if (performance.now() > deadlineMs) assert.deepEqual(now, { ...before, toBackend: 0 })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The figures once connections of the set-up are gone: the asking one is all that is open. */
async function stillFigures(gateway: RunningGateway): Promise<Figures> {
  for (;;) {
    const figures = await figuresOf(gateway)
    if (figures.connections === 1) return figures
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function figuresOf(gateway: RunningGateway): Promise<Figures> {
  const { body } = await get(
    new Agent({ keepAlive: false }),
    `${gateway.endpoint}/_stagedoor/metrics`,
  )
  const sumOf = (name: string) =>
    [...body.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  return {
    connections: sumOf('stagedoor_connections'),
    inFlight: sumOf('stagedoor_requests_in_flight'),
    descriptors: processFigures(gateway.process.pid ?? 0).descriptorsCount,
  }
}
