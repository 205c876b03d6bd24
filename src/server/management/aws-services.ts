import type { SigningCredentials } from '../../aws/sigv4-signing.ts'
import { Secret } from '../../base/secret.ts'
import type { AwsServiceEndpoint, AwsServicePlaces, AwsServices } from '../../ports/aws-services.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { parseEndpointUrl, readCredentials } from '../functions/function-settings.ts'

/** What the operator said of AWS services, by the name that the ARN of an integration has for each. */
export interface ConfiguredAwsServices {
  /** `aws`, `own`, or a URL without a slash at its end; `*` stands for services that are not named. */
  readonly endpoints: Readonly<Record<string, string>>
  /** By the ARN of a role, or by how it begins and a `*`. */
  readonly roles: Readonly<Record<string, ConfiguredRole>>
}

/** Who signs for a role. */
export type ConfiguredRole =
  /** Its account in the place of the access key, as emulators of AWS know accounts. */
  { readonly kind: 'account' } | { readonly kind: 'key'; readonly credentials: SigningCredentials }

/** The same as plain values that a thread can be sent. */
export interface ThreadAwsServices {
  readonly endpoints: ConfiguredAwsServices['endpoints']
  readonly roles: Readonly<Record<string, ThreadRole>>
}

type ThreadRole =
  | { readonly kind: 'account' }
  | {
      readonly kind: 'key'
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken: string | undefined
    }

/** When nothing is said: what this server runs, it is asked for itself. */
export const defaultAwsServices: ConfiguredAwsServices = Object.freeze({
  endpoints: Object.freeze({ apigateway: 'own', lambda: 'own' }),
  roles: Object.freeze({}),
})

/** For a thread. */
export function threadAwsServicesOf({
  endpoints,
  roles,
}: ConfiguredAwsServices): ThreadAwsServices {
  const plain = Object.entries(roles).map(([name, role]): [string, ThreadRole] => {
    if (role.kind === 'account') return [name, role]
    const { accessKeyId, secretAccessKey, sessionToken } = role.credentials
    return [
      name,
      {
        ...{ kind: 'key', accessKeyId, secretAccessKey: secretAccessKey.reveal() },
        sessionToken: sessionToken?.reveal(),
      },
    ]
  })
  return { endpoints, roles: Object.fromEntries(plain) }
}

/** The port of a thread; `own` carries what this server is asked for. */
export function awsServicesOf(thread: ThreadAwsServices, own: Upstream): AwsServices {
  const roles = Object.entries(thread.roles).map(([name, role]): [string, ConfiguredRole] => {
    if (role.kind === 'account') return [name, role]
    const { accessKeyId, secretAccessKey, sessionToken } = role
    const credentials = {
      ...{ accessKeyId, secretAccessKey: new Secret(secretAccessKey) },
      ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
    }
    return [name, { kind: 'key', credentials }]
  })
  const findRole = rolesOf(Object.fromEntries(roles))
  const endpoints = new Map(
    Object.entries(thread.endpoints).map(([name, text]) => [name, endpointOf(text, own)] as const),
  )
  return Object.freeze({
    findEndpoint: (service: string) => endpoints.get(service) ?? endpoints.get('*'),
    findCredentials: findRole,
  })
}

/** What whoever calls nothing needs to know: whether a call could be made. */
export function awsServicePlacesOf({ endpoints, roles }: ConfiguredAwsServices): AwsServicePlaces {
  const kindOf = (text: string) => (text === 'aws' || text === 'own' ? text : 'url')
  const kinds = new Map(
    Object.entries(endpoints).map(([name, text]) => [name, { kind: kindOf(text) }] as const),
  )
  return Object.freeze({
    findEndpoint: (service: string) => kinds.get(service) ?? kinds.get('*'),
    findCredentials: rolesOf(roles),
  })
}

function endpointOf(text: string, own: Upstream): AwsServiceEndpoint {
  if (text === 'own') return { kind: 'own', upstream: own }
  if (text === 'aws') return { kind: 'aws' }
  const { protocol, hostname, port, host, pathname } = new URL(text)
  const isSecure = protocol === 'https:'
  const portNumber = port === '' ? (isSecure ? 443 : 80) : Number(port)
  return Object.freeze({
    kind: 'url',
    origin: Object.freeze({
      protocol: isSecure ? 'https:' : 'http:',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: portNumber,
    }),
    host,
    pathPrefix: pathname.replace(/\/+$/, ''),
  })
}

/** The name that fits best: the whole ARN, else the longest beginning. */
function rolesOf(roles: ConfiguredAwsServices['roles']): AwsServices['findCredentials'] {
  const byLength = Object.entries(roles).toSorted(([a], [b]) => b.length - a.length)
  return (roleArn) => {
    const found = byLength.find(([name]) =>
      name.endsWith('*') ? roleArn.startsWith(name.slice(0, -1)) : roleArn === name,
    )
    if (found === undefined) return undefined
    const [, role] = found
    if (role.kind === 'key') return role.credentials
    const account = /^arn:[\w-]+:iam::(\d{12}):/.exec(roleArn)?.[1]
    if (account === undefined) return undefined
    return { accessKeyId: account, secretAccessKey: new Secret(account) }
  }
}

/** What `--aws-endpoint` says: `SERVICE=URL`, `SERVICE=aws` or `SERVICE=own`; undefined when it says something else. */
export function parseServiceEndpoint(
  entry: string,
): { readonly service: string; readonly endpoint: string } | undefined {
  const [, service, text] = /^(\*|[a-z][a-z\d-]{0,63})=(.+)$/.exec(entry) ?? []
  if (service === undefined || text === undefined) return undefined
  if (text === 'own' && !Object.hasOwn(defaultAwsServices.endpoints, service)) return undefined
  const endpoint = text === 'aws' || text === 'own' ? text : parseEndpointUrl(text)
  return endpoint === undefined ? undefined : { service, endpoint }
}

/** What came of an entry of `--aws-role`. */
export type ParsedRole =
  | { readonly outcome: 'role'; readonly roleArn: string; readonly role: ConfiguredRole }
  | { readonly outcome: 'malformed' }
  /** The variables of a key that are not there. */
  | { readonly outcome: 'no-key'; readonly variables: string }

/**
 * What `--aws-role` says: `ROLE=account`, `ROLE=environment` for the key of AWS_ACCESS_KEY_ID, or `ROLE=NAME`
 * for that of NAME_AWS_ACCESS_KEY_ID.
 */
export function parseAwsRole(
  entry: string,
  environment: Readonly<Record<string, string | undefined>>,
): ParsedRole {
  const [, roleArn, source] = /^(\*|arn:[\w-]+:iam::[^=\s]*)=([A-Za-z]\w*)$/.exec(entry) ?? []
  if (roleArn === undefined || source === undefined) return { outcome: 'malformed' }
  if (source === 'account') return { outcome: 'role', roleArn, role: { kind: 'account' } }
  const prefix = source === 'environment' ? '' : `${source}_`
  const credentials = readCredentials({
    AWS_ACCESS_KEY_ID: environment[`${prefix}AWS_ACCESS_KEY_ID`],
    AWS_SECRET_ACCESS_KEY: environment[`${prefix}AWS_SECRET_ACCESS_KEY`],
    AWS_SESSION_TOKEN: environment[`${prefix}AWS_SESSION_TOKEN`],
  })
  if (credentials === undefined) {
    return {
      outcome: 'no-key',
      variables: `${prefix}AWS_ACCESS_KEY_ID and ${prefix}AWS_SECRET_ACCESS_KEY`,
    }
  }
  return { outcome: 'role', roleArn, role: { kind: 'key', credentials } }
}
