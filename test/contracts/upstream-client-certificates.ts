import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { emptyBody } from '../../src/base/body.ts'
import type { Upstream, UpstreamClientCertificate } from '../../src/ports/upstream.ts'
import { startCertifiedBackend, type CertifiedBackend } from '../support/certified-backend.ts'
import { makeCertificate } from '../support/certificates.ts'
import { contentOf, type UpstreamUnderTest } from './upstream-setting.ts'

interface Client {
  readonly certificate: UpstreamClientCertificate
  readonly fingerprint: string
}

function makeClient(subject = 'client'): Client {
  const { certificatePem, keyPem } = makeCertificate({ subject })
  return {
    certificate: { certificatePem, privateKeyPem: keyPem },
    fingerprint: new X509Certificate(certificatePem).fingerprint256,
  }
}

/** `tls.clientCertificate`: who a request comes from, for servers that ask. */
export function upstreamClientCertificateContract(subject: UpstreamUnderTest): void {
  const { tls } = subject
  if (tls === undefined) return

  async function withBackend(
    trusted: readonly Client[],
    run: (backend: CertifiedBackend, upstream: Upstream) => Promise<void>,
    maxVersion?: 'TLSv1.2',
  ): Promise<void> {
    const pems = trusted.map(({ certificate }) => certificate.certificatePem)
    // An empty list would trust the authorities of the world.
    const list = pems.length === 0 ? [makeClient().certificate.certificatePem] : pems
    await using backend = await startCertifiedBackend(tls!, list, maxVersion)
    const upstream = subject.create()
    await run(backend, upstream)
    await upstream.close()
  }

  function send(
    upstream: Upstream,
    { port }: CertifiedBackend,
    clientCertificate?: UpstreamClientCertificate,
  ) {
    return upstream.exchange({
      origin: { protocol: 'https:', hostname: '127.0.0.1', port },
      method: 'GET',
      target: '/',
      headers: ['Host', 'backend.test'],
      body: emptyBody,
      timeoutMs: 10_000,
      tls: { insecureSkipVerification: true, clientCertificate },
    })
  }

  describe('client certificates', () => {
    test('exchange() presents the certificate of the request', async () => {
      const client = makeClient()
      await withBackend([client], async (backend, upstream) => {
        const outcome = await send(upstream, backend, client.certificate)
        assert.equal(await contentOf(outcome), client.fingerprint)
      })
    })

    for (const maxVersion of ['TLSv1.2', undefined] as const) {
      test(`exchange() fails where the server refuses it, with ${maxVersion ?? 'TLSv1.3'}`, async () => {
        const [known, stranger] = [makeClient(), makeClient()]
        await withBackend(
          [known],
          async (backend, upstream) => {
            for (const certificate of [stranger.certificate, undefined]) {
              const { outcome } = await send(upstream, backend, certificate)
              assert.ok(outcome === 'tls' || outcome === 'broken', outcome)
            }
            assert.equal(backend.count(), 0)
          },
          maxVersion,
        )
      })
    }

    test('exchange() uses a connection for requests of one certificate alone', async () => {
      // Of different names: nothing else of these tells them apart to whoever trusts both.
      const [one, two] = [makeClient('one'), makeClient('two')]
      await withBackend([one, two], async (backend, upstream) => {
        for (let round = 0; round < 3; round += 1) {
          for (const { certificate, fingerprint } of [one, two]) {
            assert.equal(await contentOf(await send(upstream, backend, certificate)), fingerprint)
          }
          // Not by the connections that stand open.
          assert.notEqual((await send(upstream, backend)).outcome, 'response')
        }
        assert.equal(backend.connectionsCount(), 2)
        assert.equal(backend.count(), 6)
      })
    })
  })
}
