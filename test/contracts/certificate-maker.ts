import assert from 'node:assert/strict'
import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import type { CertificateMaker, CertificatePair } from '../../src/ports/certificate-maker.ts'
import { startCertifiedBackend, type CertifiedBackend } from '../support/certified-backend.ts'
import { makeCertificate } from '../support/certificates.ts'

/** Every sentence of the `CertificateMaker` port, as tests. */
export function certificateMakerContract(name: string, open: () => CertificateMaker): void {
  describe(name, () => {
    const dates = { notBeforeMs: Date.UTC(2026, 0, 2, 3, 4, 5), notAfterMs: Date.UTC(2027, 0, 2) }

    test('makes certificates of ApiGateway that sign themselves, each on a key of its own', async () => {
      const maker = open()
      const made = await Promise.all([
        maker.makeClientCertificate(dates),
        maker.makeClientCertificate(dates),
      ])
      const certificates = made.map(({ certificatePem }) => new X509Certificate(certificatePem))
      for (const [index, certificate] of certificates.entries()) {
        const { subject, issuer, publicKey, validFromDate, validToDate } = certificate
        assert.equal(subject, 'C=US\nL=Seattle\nCN=ApiGateway')
        assert.equal(issuer, subject)
        assert.ok(certificate.verify(publicKey))
        assert.equal(publicKey.asymmetricKeyType, 'rsa')
        assert.equal(publicKey.asymmetricKeyDetails?.modulusLength, 2048)
        assert.deepEqual(
          [validFromDate.getTime(), validToDate.getTime()],
          [dates.notBeforeMs, dates.notAfterMs],
        )
        const privateKey = createPrivateKey(made[index]?.privateKeyPem ?? '')
        const message = Buffer.from('message')
        assert.ok(
          verify('sha256', message, publicKey, sign('sha256', message, privateKey)),
          'the key is the one of the certificate',
        )
        assert.match(made[index]?.certificatePem ?? '', /^-----BEGIN CERTIFICATE-----\n[^]+-----$/)
        assert.match(made[index]?.privateKeyPem ?? '', /^-----BEGIN PRIVATE KEY-----\n/)
      }
      assert.equal(new Set(certificates.map(({ serialNumber }) => serialNumber)).size, 2)
      assert.equal(new Set(made.map(({ privateKeyPem }) => privateKeyPem)).size, 2)
    })

    test('makes certificates that a server can trust side by side', async () => {
      const maker = open()
      const current = {
        notBeforeMs: Date.now() - 86_400_000,
        notAfterMs: Date.now() + 86_400_000,
      }
      const pairs = [
        await maker.makeClientCertificate(current),
        await maker.makeClientCertificate(current),
      ]
      const trusted = pairs.map(({ certificatePem }) => certificatePem)
      await using backend = await startCertifiedBackend(serverCertificate(), trusted)
      for (const pair of pairs) {
        const answer = await ask(backend, pair)
        assert.equal(answer, new X509Certificate(pair.certificatePem).fingerprint256)
      }
    })
  })
}

function serverCertificate() {
  return makeCertificate({ subject: 'backend', addresses: ['127.0.0.1'] })
}

function ask({ port }: CertifiedBackend, pair: CertificatePair): Promise<string> {
  return new Promise((resolve, reject) => {
    const { certificatePem: cert, privateKeyPem: key } = pair
    // Who the server is, is not what is asked here.
    const options = { host: '127.0.0.1', port, cert, key, rejectUnauthorized: false, agent: false }
    get(options, (response) => {
      text(response).then(resolve, reject)
    }).once('error', reject)
  })
}
