import { sha256Base64 } from './sha256.ts'

/**
 * What AWS says of an Authorization header that is no complete SigV4 signature: the message of its
 * IncompleteSignatureException. Undefined: the header has everything that a signature needs (whether it
 * is right is another question).
 *
 * The header itself is only shown as a hash, as AWS does since tokens of every kind end up in here.
 *
 * Observed: https://github.com/awslabs/time-addressable-media-store/issues/8 (missing equal-sign).
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md (what is hashed).
 */
export function findSignatureComplaint(request: {
  readonly authorization: string
  /** Whether the request has an X-Amz-Date or a Date. */
  readonly hasDate: boolean
}): string | undefined {
  const { authorization, hasDate } = request
  const parameters = readParameters(authorization)
  if (parameters === undefined) {
    return `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${sha256Base64(authorization)}'.`
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parameters.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (!hasDate) {
    missing.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  }
  if (missing.length === 0) return undefined
  return `${missing.join(' ')} (Hashed with SHA-256 and encoded with Base64) Authorization=${sha256Base64(authorization)}`
}

/** Names of the parameters behind the scheme; undefined when one of them has no equal-sign. */
function readParameters(authorization: string): ReadonlySet<string> | undefined {
  const text = authorization.trim()
  const names = new Set<string>()
  for (const pair of text.slice(text.indexOf(' ') + 1).split(',')) {
    const equalsAt = pair.indexOf('=')
    if (equalsAt < 0) return undefined
    names.add(pair.slice(0, equalsAt).trim())
  }
  return names
}
