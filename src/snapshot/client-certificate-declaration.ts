import type { AccountDeclaration } from './account-declarations.ts'

/** A client certificate, which stages present to the HTTPS backends of their integrations. */
export interface ClientCertificateDeclaration extends AccountDeclaration {
  /** The certificate, PEM. */
  readonly certificatePem: string
  /** The private key, PEM (PKCS #8). A secret: never logged. */
  readonly privateKeyPem: string
}
