import { fieldValues, type HeaderFields } from '../base/header-fields.ts'

/**
 * Why a management request must be refused because a web page may be behind it; undefined when none
 * is.
 *
 * Browsers reach loopback addresses for any page, so a page must not be able to drive the server:
 * neither from an origin of its own (Origin, Sec-Fetch-Site, a preflight), nor by a name of its own
 * that it made point here (Host). AWS answers no cross-origin call of its management API either.
 *
 * No page of this server uses the AWS APIs, and a page that a stage serves under the path form of its
 * address has this server's own origin: so whatever a browser says that it sends is refused, its own
 * origin included.
 *
 * `hosts` are further names, without a port, that the operator says this server has.
 */
export function findWebThreat(
  method: string,
  headers: HeaderFields,
  hosts: readonly string[],
): string | undefined {
  const names = fieldValues(headers, 'host')
  if (names.length !== 1) return 'a request names exactly one Host'
  const host = hostName(names[0] ?? '')
  if (!isOurHost(host, hosts)) return `the Host ${quoted(names[0])} is not this server's`
  return findPageThreat(method, headers)
}

/** The part of {@link findWebThreat} that does not depend on the Host: what browsers say of themselves. */
export function findPageThreat(method: string, headers: HeaderFields): string | undefined {
  const [origin] = fieldValues(headers, 'origin')
  if (origin !== undefined) return `a web page is asking (Origin ${quoted(origin)})`
  if (fieldValues(headers, 'sec-fetch-site').length > 0) {
    return 'a browser is asking (Sec-Fetch-Site), and no page of this server uses the AWS APIs'
  }
  if (method === 'OPTIONS' && fieldValues(headers, 'access-control-request-method').length > 0) {
    return 'no other origin is let in (CORS preflight)'
  }
  return undefined
}

function isOurHost(host: string, hosts: readonly string[]): boolean {
  if (isLoopback(host) || host.endsWith('.localhost') || hosts.includes(host)) return true
  if (host === 'localhost.localstack.cloud' || host.endsWith('.localhost.localstack.cloud')) {
    return true
  }
  return /\.amazonaws\.com(\.cn)?$/.test(host) && !host.includes('.execute-api.')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Lower case, without port and final dot. */
function hostName(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

function quoted(text = ''): string {
  return JSON.stringify(text.slice(0, 100))
}
