import type { Body } from '../base/body.ts'
import type { HeaderFields } from '../base/header-fields.ts'

export interface UpstreamOrigin {
  readonly protocol: 'http:' | 'https:'
  /** A name or an address; an IPv6 address without brackets. */
  readonly hostname: string
  /** 1 to 65535. */
  readonly port: number
}

/** Where a connection goes when it is not to its origin's own address. */
export interface UpstreamAddress {
  /** A name or an address; an IPv6 address without brackets. */
  readonly hostname: string
  /** 1 to 65535. */
  readonly port: number
}

export interface UpstreamTls {
  /** Accept a certificate of any authority; the name and the dates are still checked. */
  readonly insecureSkipVerification: boolean
  /**
   * Presented to servers that ask for one; absent: none is. Requests share connections where this is the same
   * object, and only there: a connection is never used for another's request than it was authenticated for.
   */
  readonly clientCertificate?: UpstreamClientCertificate | undefined
}

/** A certificate and its private key, PEM. The key is a secret: never logged. */
export interface UpstreamClientCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface UpstreamRequest {
  readonly origin: UpstreamOrigin
  /**
   * Connect here in place of the origin's own address. TLS still speaks to the origin: its name is sent
   * and must be certified. Requests for one origin at two addresses never share a connection.
   */
  readonly connectTo?: UpstreamAddress | undefined
  readonly method: string
  /** Path and query exactly as sent; begins with `/`. */
  readonly target: string
  /**
   * Fields exactly as sent, Host among them. Neither Content-Length, Transfer-Encoding nor Connection:
   * framing belongs to the adapter.
   */
  readonly headers: HeaderFields
  readonly body: Body
  /**
   * How long, in milliseconds, the endpoint may be waited for from the start of the exchange to the end of the
   * response head, and while somebody waits for content. What passes while the next piece of `body` is waited
   * for is not counted; a body that gives none for 30 seconds ends as `aborted`.
   */
  readonly timeoutMs: number
  /**
   * How long, in milliseconds, a reader of the answer's content waits for its next piece before the
   * content breaks off; looked at twice a second. Absent: the adapter's own bound, which is also the most.
   */
  readonly contentIdleMs?: number | undefined
  /** All time that passes before the end of the content counts, whoever waits; absent: see `timeoutMs`. */
  readonly timeoutCoversContent?: boolean | undefined
  readonly tls?: UpstreamTls | undefined
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
}

/** A certificate is for another `name`, not valid on this day (`dates`), or of no known `authority`. */
export type CertificateFault = 'name' | 'dates' | 'authority'

export type UpstreamOutcome =
  | {
      readonly outcome: 'response'
      readonly status: number
      /** As received, framing fields included. */
      readonly headers: HeaderFields
      /**
       * Rejects with `BodyAbortedError` when the upstream breaks off, `BodyTimedOutError` when the time is over.
       * Must be consumed or discarded.
       */
      readonly body: Body
    }
  | { readonly outcome: 'timeout' }
  | {
      /** The server speaks TLS, and its certificate is not one to be accepted. */
      readonly outcome: 'certificate'
      readonly fault: CertificateFault
      /** For the operator, never for the caller. */
      readonly detail: string
    }
  | {
      /**
       * `unresolved`: the name has no address. `refused`: nobody listens, or no route. `tls`: the
       * handshake failed. `broken`: the connection broke or the answer was not HTTP. `aborted`: the
       * signal fired. `invalid`: the request cannot be sent (a field with a line break, …).
       */
      readonly outcome: 'unresolved' | 'refused' | 'tls' | 'broken' | 'aborted' | 'invalid'
      /** For the operator, never for the caller. */
      readonly detail: string
    }

/**
 * One HTTP/1.1 exchange with somebody else's server.
 *
 * Bounds: connections per origin, response head size, and time; a request above the connection limit
 * waits within its own `timeoutMs`. Reuse: connections are kept alive; a request is sent again on a
 * fresh connection only when a reused one closed before any byte of the answer came and the method is
 * idempotent with a body that can be repeated. Redirects are not followed. Failure policy: an outcome, never a throw.
 */
export interface Upstream {
  exchange(request: UpstreamRequest): Promise<UpstreamOutcome>
  /** Closes idle connections at once and the others when they finish. */
  close(): Promise<void>
}
