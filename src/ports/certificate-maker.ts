/** A certificate and the private key that belongs to it. */
export interface CertificatePair {
  /** PEM. */
  readonly certificatePem: string
  /** PEM, PKCS #8. A secret: never logged, never answered. */
  readonly privateKeyPem: string
}

/**
 * Makes client certificates as API Gateway does: X.509 v3 of `C=US, L=Seattle, CN=ApiGateway`, signed by
 * itself with SHA-256, on a key pair of RSA with 2048 bits that nobody had before. Each tells its key from that
 * of another of the same name, so that a server can trust several.
 *
 * Failure policy: rejects; nothing is made then.
 */
export interface CertificateMaker {
  /** Dates: milliseconds since 1970; a certificate holds whole seconds. */
  makeClientCertificate(dates: {
    readonly notBeforeMs: number
    readonly notAfterMs: number
  }): Promise<CertificatePair>
}
