import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCertificate, type CertificateRequest } from '../../../test/support/certificates.ts'
import {
  answering,
  okResponse,
  startRawBackend,
  type RawBackendOptions,
} from '../../../test/support/raw-backend.ts'
import { emptyBody } from '../../base/body.ts'
import type { CertificateFault, UpstreamOutcome } from '../../ports/upstream.ts'
import { createUndiciUpstream } from './undici-upstream.ts'

const authority = makeCertificate({ subject: 'Private authority', isAuthority: true })
const names = { dnsNames: ['localhost'], addresses: ['127.0.0.1'] } as const

interface Attempt {
  readonly backend: RawBackendOptions
  readonly hostname?: string
  readonly caBundlePem?: string
  readonly insecureSkipVerification?: boolean
  readonly host?: string
}

async function attempt(input: Attempt): Promise<UpstreamOutcome> {
  const { backend: options, hostname = '127.0.0.1', host = 'other.test' } = input
  await using backend = await startRawBackend(answering(okResponse('secret')), options)
  const upstream = createUndiciUpstream(
    input.caBundlePem === undefined ? {} : { caBundlePem: input.caBundlePem },
  )
  const outcome = await upstream.exchange({
    origin: { protocol: 'https:', hostname, port: backend.port },
    method: 'GET',
    target: '/',
    headers: ['Host', host],
    body: emptyBody,
    timeoutMs: 10_000,
    tls: { insecureSkipVerification: input.insecureSkipVerification === true },
  })
  await upstream.close()
  return outcome
}

function certified(request: Partial<CertificateRequest> = {}): RawBackendOptions {
  return { tls: makeCertificate({ subject: 'backend', issuer: authority, ...names, ...request }) }
}

function selfSigned(isAuthority: boolean, dnsNames: readonly string[] = ['localhost']) {
  return {
    tls: makeCertificate({ subject: 'self', dnsNames, addresses: ['127.0.0.1'], isAuthority }),
  }
}

describe('a certificate', () => {
  const bundle = { caBundlePem: authority.certificatePem }
  const skip = { insecureSkipVerification: true }
  const otherNames = { dnsNames: ['other.test'], addresses: [] }

  const accepted: readonly (readonly [string, Attempt])[] = [
    ['of an authority in the bundle', { backend: certified(), ...bundle }],
    ['for the name in the bundle', { backend: certified(), hostname: 'localhost', ...bundle }],
    ['of an unknown authority when verification is skipped', { backend: certified(), ...skip }],
    ['that signs itself when verification is skipped', { backend: selfSigned(true), ...skip }],
  ]
  for (const [what, input] of accepted) {
    test(`${what} is accepted`, async () => {
      const outcome = await attempt(input)
      assert.equal(outcome.outcome, 'response', JSON.stringify(outcome))
    })
  }

  const expired = certified({ validFromDays: -20, validToDays: -10 })
  const early = certified({ validFromDays: 10 })
  const refused: readonly (readonly [string, CertificateFault, Attempt])[] = [
    ['of an unknown authority', 'authority', { backend: certified() }],
    ['that signs itself', 'authority', { backend: selfSigned(true) }],
    ['for another name', 'name', { backend: certified(otherNames), ...bundle }],
    // The name that counts is the integration's, whatever Host says.
    [
      'for the Host only',
      'name',
      { backend: certified(otherNames), ...bundle, host: 'other.test' },
    ],
    ['that has expired', 'dates', { backend: expired, ...bundle }],
    ['that is not valid yet', 'dates', { backend: early, ...bundle }],
    ['for another name, verification skipped', 'name', { backend: certified(otherNames), ...skip }],
    ['that has expired, verification skipped', 'dates', { backend: expired, ...skip }],
    ['that is not valid yet, verification skipped', 'dates', { backend: early, ...skip }],
    [
      'of a root that is no authority, verification skipped',
      'authority',
      { backend: selfSigned(false), ...skip },
    ],
  ]
  for (const [what, fault, input] of refused) {
    test(`${what} is refused`, async () => {
      const outcome = await attempt(input)
      assert.ok(outcome.outcome === 'certificate', JSON.stringify(outcome))
      assert.equal(outcome.fault, fault, outcome.detail)
    })
  }

  test('a server that does not speak TLS fails the handshake', async () => {
    await using backend = await startRawBackend(async (peer) => {
      await peer.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    assert.equal((await attemptAt(backend.port)).outcome, 'tls')
  })

  test('a server that closes during the handshake fails it', async () => {
    await using backend = await startRawBackend((peer) => peer.end())
    assert.equal((await attemptAt(backend.port)).outcome, 'tls')
  })

  test('an unverified connection carries no verified exchange', async () => {
    await using backend = await startRawBackend(answering(okResponse('secret')), certified())
    const upstream = createUndiciUpstream()
    const send = (insecureSkipVerification: boolean) =>
      upstream.exchange({
        origin: { protocol: 'https:', hostname: '127.0.0.1', port: backend.port },
        method: 'GET',
        target: '/',
        headers: ['Host', 'a'],
        body: emptyBody,
        timeoutMs: 10_000,
        tls: { insecureSkipVerification },
      })
    assert.equal((await send(true)).outcome, 'response')
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
    assert.equal((await send(false)).outcome, 'certificate')
    await upstream.close()
  })
})

async function attemptAt(port: number): Promise<UpstreamOutcome> {
  const upstream = createUndiciUpstream()
  const outcome = await upstream.exchange({
    origin: { protocol: 'https:', hostname: '127.0.0.1', port },
    method: 'GET',
    target: '/',
    headers: ['Host', 'a'],
    body: emptyBody,
    timeoutMs: 10_000,
  })
  await upstream.close()
  return outcome
}
