import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCertificate } from '../../../test/support/certificates.ts'
import { answering, okResponse, startRawBackend } from '../../../test/support/raw-backend.ts'
import { emptyBody } from '../../base/body.ts'
import type { Upstream, UpstreamOrigin } from '../../ports/upstream.ts'
import { createUpstream } from './upstream.ts'

async function ask(upstream: Upstream, protocol: UpstreamOrigin['protocol'], port: number) {
  const outcome = await upstream.exchange({
    origin: { protocol, hostname: '127.0.0.1', port },
    method: 'GET',
    target: '/',
    headers: ['Host', 'a'],
    body: emptyBody,
    timeoutMs: 10_000,
  })
  if (outcome.outcome !== 'response') return outcome.outcome
  return Buffer.from(await outcome.body.readAll(100)).toString()
}

describe('createUpstream()', () => {
  const authority = makeCertificate({ subject: 'Private authority', isAuthority: true })
  const tls = makeCertificate({ subject: 'backend', issuer: authority, addresses: ['127.0.0.1'] })

  test('speaks TLS to https: origins and plain HTTP to the others', async () => {
    await using plain = await startRawBackend(answering(okResponse('plain')))
    await using secure = await startRawBackend(answering(okResponse('secure')), { tls })
    const upstream = createUpstream({ caBundlePem: authority.certificatePem })
    assert.equal(await ask(upstream, 'http:', plain.port), 'plain')
    assert.equal(await ask(upstream, 'https:', secure.port), 'secure')
    assert.equal(await ask(upstream, 'http:', secure.port), 'broken')
    await upstream.close()
  })

  test('carries nothing after close()', async () => {
    const upstream = createUpstream()
    await upstream.close()
    assert.equal(await ask(upstream, 'http:', 80), 'broken')
    assert.equal(await ask(upstream, 'https:', 443), 'broken')
  })
})
