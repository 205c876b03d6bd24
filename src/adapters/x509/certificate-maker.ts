import { randomBytes, webcrypto } from 'node:crypto'
import type { CertificateMaker } from '../../ports/certificate-maker.ts'

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
/** 65537. */
const publicExponent = new Uint8Array([1, 0, 1])

/**
 * As AWS's own, of which https://github.com/localstack/localstack/issues/8698 shows one. Two identifiers of the
 * key are added: all these certificates have one name, and a server that trusts two of them, as it does while
 * one takes the other's place, could not tell which of them it is shown.
 */
const name = 'C=US, L=Seattle, CN=ApiGateway'

/**
 * Certificates by `@peculiar/x509`, which is loaded for the first one: a server that makes none does without.
 *
 * Cost: some 100 ms, most of it away from the event loop; the first one 200 ms more.
 */
export function createCertificateMaker(): CertificateMaker {
  return Object.freeze({
    async makeClientCertificate({ notBeforeMs, notAfterMs }) {
      // The library asks for it to be there first.
      await import('reflect-metadata')
      const x509 = await import('@peculiar/x509')
      const keys = await webcrypto.subtle.generateKey(
        { ...algorithm, publicExponent, modulusLength: 2048 },
        true,
        ['sign', 'verify'],
      )
      const certificate = await x509.X509CertificateGenerator.createSelfSigned(
        {
          serialNumber: serialNumber(),
          name,
          notBefore: new Date(notBeforeMs),
          notAfter: new Date(notAfterMs),
          signingAlgorithm: algorithm,
          keys,
          extensions: [
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
            await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
          ],
        },
        webcrypto,
      )
      const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
      return {
        certificatePem: certificate.toString('pem'),
        privateKeyPem: x509.PemConverter.encode(privateKey, 'PRIVATE KEY'),
      }
    },
  } satisfies CertificateMaker)
}

/** Eight bytes, positive and not 0, in hexadecimal. */
function serialNumber(): string {
  const bytes = randomBytes(8)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
