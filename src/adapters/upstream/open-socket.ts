import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { CertificateFault, UpstreamClientCertificate } from '../../ports/upstream.ts'
import type { Destination } from './connection-pool.ts'

/** The TCP connection stands, the TLS handshake failed. */
export class TlsHandshakeError extends Error {
  override readonly name = 'TlsHandshakeError'
}

/** The server's certificate is not acceptable. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  readonly fault: CertificateFault

  constructor(fault: CertificateFault, message: string) {
    super(message)
    this.fault = fault
  }
}

type Established = (error: Error | null, socket: Socket | null) => void

/**
 * Opens the socket to a destination; `established` is called once, with an error or when the connection
 * may be used. The returned socket can be destroyed at any time.
 */
export type OpenSocket = (destination: Destination, established: Established) => Socket

/**
 * Makes the function that opens plain and TLS sockets.
 *
 * Certificates are verified against Node's default authorities and those of `caBundlePem`. Cost: with a
 * bundle, the first TLS connection reads all authorities, some 20 ms.
 */
export function createOpenSocket(caBundlePem: string | undefined): OpenSocket {
  let secureContext: SecureContext | undefined
  const contextsOfClients = new WeakMap<UpstreamClientCertificate, SecureContext>()

  const authorities = () =>
    caBundlePem === undefined ? {} : { ca: [...getCACertificates('default'), caBundlePem] }

  function contextOf({ clientCertificate }: Destination): SecureContext | undefined {
    if (clientCertificate !== undefined) return contextOfClient(clientCertificate)
    if (caBundlePem === undefined) return undefined
    secureContext ??= createSecureContext(authorities())
    return secureContext
  }

  function contextOfClient(client: UpstreamClientCertificate): SecureContext {
    let context = contextsOfClients.get(client)
    if (context === undefined) {
      const { certificatePem, privateKeyPem } = client
      context = createSecureContext({ ...authorities(), cert: certificatePem, key: privateKeyPem })
      contextsOfClients.set(client, context)
    }
    return context
  }

  return (destination, established) =>
    destination.origin.protocol === 'https:'
      ? openTls(destination, contextOf(destination), established)
      : openPlain(destination, established)
}

function openPlain({ address }: Destination, established: Established): Socket {
  const socket = connectTcp({ host: address.hostname, port: address.port, noDelay: true })
  const report = once(established)
  socket.on('connect', () => report(null, socket))
  socket.on('error', (error) => report(error, null))
  socket.on('close', () => report(new Error('the connection was closed'), null))
  return socket
}

function openTls(
  { origin, address, insecureSkipVerification }: Destination,
  secureContext: SecureContext | undefined,
  established: Established,
): Socket {
  const { hostname } = origin
  const socket = connectTls({
    host: address.hostname,
    port: address.port,
    // Server names are names; an address is checked against the certificate without being sent.
    servername: isIP(hostname) === 0 ? hostname : '',
    checkServerIdentity: (_name, certificate) => checkServerIdentity(hostname, certificate),
    rejectUnauthorized: !insecureSkipVerification,
    ALPNProtocols: ['http/1.1'],
    ...(secureContext === undefined ? {} : { secureContext }),
  })
  socket.setNoDelay(true)
  const report = once(established)
  let isConnected = false
  socket.on('connect', () => {
    isConnected = true
  })
  socket.on('secureConnect', () => {
    const refusal = insecureSkipVerification ? findCertificateFault(socket, hostname) : undefined
    if (refusal === undefined) return report(null, socket)
    socket.destroy()
    report(refusal, null)
  })
  const fail = (error: Error) => {
    if (!isConnected) return report(error, null)
    // Set when it was the certificate that verification refused.
    const refused: unknown = socket.authorizationError
    const handshake = new TlsHandshakeError(error.message)
    report(isGiven(refused) ? refusedCertificate(error) : handshake, null)
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the connection was closed')))
  return socket
}

function once(established: Established): Established {
  let isReported = false
  return (error, socket) => {
    if (isReported) return
    isReported = true
    established(error, socket)
  }
}

function isGiven(refused: unknown): boolean {
  return refused !== undefined && refused !== null
}

const faultsByCode: Readonly<Record<string, CertificateFault>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
  CERT_HAS_EXPIRED: 'dates',
  CERT_NOT_YET_VALID: 'dates',
}

/** What is neither the name nor the dates is about who signed it. */
function refusedCertificate(error: Error): CertificateError {
  const code = 'code' in error ? String(error.code) : ''
  return new CertificateError(faultsByCode[code] ?? 'authority', error.message)
}

const chainLengthMax = 10

/**
 * What is wrong with the server's certificates beside their authority, undefined when nothing is.
 *
 * Every certificate sent must be within its dates, the first must name the host, and a root that is sent
 * must be an authority's. A server that leaves its root out, as most do, is accepted.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integration-tls-config.html
 */
function findCertificateFault(socket: TLSSocket, hostname: string): CertificateError | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return ofAuthority('the server sent no certificate')
  const mismatch = checkServerIdentity(hostname, certificate.toLegacyObject())
  if (mismatch !== undefined) return new CertificateError('name', mismatch.message)
  const chain = [certificate]
  for (let issuer = certificate.issuerCertificate; issuer !== undefined;) {
    if (chain.length === chainLengthMax) return ofAuthority('the certificate chain is too long')
    chain.push(issuer)
    issuer = issuer.issuerCertificate
  }
  const now = Date.now()
  if (!chain.every((link) => isWithinDates(link, now))) {
    const detail = 'a certificate of the server has expired or is not valid yet'
    return new CertificateError('dates', detail)
  }
  const last = chain.at(-1)
  return last !== undefined && last.subject === last.issuer && !last.ca
    ? ofAuthority('the root certificate does not belong to an authority')
    : undefined
}

function ofAuthority(detail: string): CertificateError {
  return new CertificateError('authority', detail)
}

function isWithinDates({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime()
}
