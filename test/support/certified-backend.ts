import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from './certificates.ts'

/** An HTTPS server that lets in only callers who show a certificate that it trusts. */
export interface CertifiedBackend {
  readonly port: number
  /** Requests served. */
  count(): number
  /** Connections whose handshake was done, certificate and all. */
  connectionsCount(): number
  /** Connections that were refused. */
  refusedCount(): number
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts one that answers with the SHA-256 fingerprint of the caller's certificate. Its own certificate is
 * `own`; `trusted` are the certificates of callers, PEM.
 */
export async function startCertifiedBackend(
  own: Pick<Certificate, 'certificatePem' | 'keyPem'>,
  trusted: readonly string[],
  maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<CertifiedBackend> {
  let served = 0
  let connections = 0
  let refused = 0
  const options = {
    cert: own.certificatePem,
    key: own.keyPem,
    ca: [...trusted],
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion,
  }
  const server = createServer(options, (request, response) => {
    served += 1
    // Every connection of an HTTPS server is one of TLS.
    const socket = request.socket as TLSSocket
    response.end(socket.getPeerX509Certificate()?.fingerprint256 ?? 'nobody')
  })
  server.keepAliveTimeout = 60_000
  server.on('secureConnection', () => (connections += 1))
  server.on('tlsClientError', () => (refused += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    port,
    count: () => served,
    connectionsCount: () => connections,
    refusedCount: () => refused,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
