import type { UpstreamOptions } from '../../src/adapters/upstream/upstream-options.ts'
import { emptyBody } from '../../src/base/body.ts'
import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../../src/ports/upstream.ts'
import {
  startRawBackend,
  type RawBackend,
  type RawBackendTls,
  type RawPeer,
} from '../support/raw-backend.ts'

/** An adapter of the `Upstream` port, and what it is known to do otherwise. */
export interface UpstreamUnderTest {
  readonly create: (options?: UpstreamOptions) => Upstream
  /** With it the backends speak TLS; requests accept any authority. */
  readonly tls?: RawBackendTls
  /** Sends the fields in the order given and adds none but framing. */
  readonly sendsFieldsVerbatim: boolean
  /** Reads on after a 100 that it did not ask for. */
  readonly skips100: boolean
  /** Uses a connection again after HEAD. */
  readonly keepsAfterHead: boolean
}

/** One upstream, one backend, and a request that needs no more than what a test is about. */
export interface Setting {
  readonly upstream: Upstream
  readonly backend: RawBackend
  send(request?: Partial<UpstreamRequest>): Promise<UpstreamOutcome>
}

export type UpstreamResponse = Extract<UpstreamOutcome, { outcome: 'response' }>

/** Runs a test against a backend that plays `script`, and closes both. */
export async function withSetting(
  subject: UpstreamUnderTest,
  script: (peer: RawPeer) => Promise<void> | void,
  run: (setting: Setting) => Promise<void>,
  options: UpstreamOptions = {},
): Promise<void> {
  await using backend = await startRawBackend(
    script,
    subject.tls === undefined ? {} : { tls: subject.tls },
  )
  const upstream = subject.create(options)
  const origin = {
    protocol: subject.tls === undefined ? 'http:' : 'https:',
    hostname: '127.0.0.1',
    port: backend.port,
  } as const
  const send = (request: Partial<UpstreamRequest> = {}) =>
    upstream.exchange({
      origin,
      method: 'GET',
      target: '/',
      headers: ['Host', 'backend.test'],
      body: emptyBody,
      timeoutMs: 10_000,
      ...(subject.tls === undefined ? {} : { tls: { insecureSkipVerification: true } }),
      ...request,
    })
  await run({ upstream, backend, send })
  for (const peer of backend.peers) peer.reset()
  await upstream.close()
}

/** The response of an outcome. @throws when it is another. */
export function responseOf(outcome: UpstreamOutcome): UpstreamResponse {
  if (outcome.outcome !== 'response') throw new Error(`no response: ${JSON.stringify(outcome)}`)
  return outcome
}

/** The content of a response as latin1 text. */
export async function contentOf(outcome: UpstreamOutcome): Promise<string> {
  const content = await responseOf(outcome).body.readAll(64 * 1024 * 1024)
  return Buffer.from(content).toString('latin1')
}

/** Resolves when `count` has not changed during many turns of the event loop. */
export async function untilStill(count: () => number): Promise<number> {
  let last = count()
  for (let still = 0; still < 200; still += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (count() === last) continue
    last = count()
    still = 0
  }
  return last
}
