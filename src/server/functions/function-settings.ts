import type { SigningCredentials } from '../../aws/sigv4-signing.ts'
import { Secret } from '../../base/secret.ts'
import { defaultFunctionPlaneLimits } from '../../function-plane/limits.ts'

/** What the operator said about functions. */
export interface ConfiguredFunctions {
  /** Where functions live that are not run here; undefined: they are run here. */
  readonly endpoint: ConfiguredLambdaEndpoint | undefined
  /** Commands by runtime: plain values that a thread can be sent. */
  readonly runtimeCommands: Readonly<Record<string, readonly string[]>>
  /** Sandboxes alive at a time, of all functions together. */
  readonly sandboxesMax: number
  /** How long a sandbox without an event lives on, in milliseconds. */
  readonly idleMs: number
  readonly log: FunctionLogChoice
  /** What AWS's SDKs inside of functions call. */
  readonly awsEndpoint: ConfiguredAwsEndpoint
}

/**
 * What of the logs of functions goes to the operator's log. `output`: what they print, and how they failed;
 * `all`: START, END and REPORT of each invocation too.
 */
export const functionLogChoices = ['output', 'all', 'none'] as const
export type FunctionLogChoice = (typeof functionLogChoices)[number]

/** `own`: the main listener of this server. `aws`: nothing is said, so they call AWS. */
export type ConfiguredAwsEndpoint =
  | { readonly kind: 'own' }
  | { readonly kind: 'aws' }
  | { readonly kind: 'url'; readonly url: string }

/** A Lambda-compatible endpoint, AWS's own or another, and whoever calls it. */
export interface ConfiguredLambdaEndpoint {
  /** Without a slash at the end. */
  readonly url: string
  readonly credentials: SigningCredentials
}

/** When nothing is said. */
export const defaultFunctions: ConfiguredFunctions = Object.freeze({
  endpoint: undefined,
  runtimeCommands: Object.freeze({}),
  sandboxesMax: defaultFunctionPlaneLimits.sandboxesMax,
  idleMs: defaultFunctionPlaneLimits.idleMs,
  log: 'output',
  awsEndpoint: Object.freeze({ kind: 'own' }),
})

/** What `--function-runtime` says: `NAME=COMMAND`, its words apart; undefined when it says something else. */
export function parseFunctionRuntime(
  entry: string,
): { readonly runtime: string; readonly command: readonly string[] } | undefined {
  const [, runtime, text] = /^([a-z][\w.-]{0,63})=(.+)$/.exec(entry) ?? []
  const command = (text ?? '').split(/\s+/).filter((word) => word !== '')
  if (runtime === undefined || command.length === 0) return undefined
  return { runtime, command: Object.freeze(command) }
}

/** The credentials that AWS's tools find in an environment; undefined: there are none. */
export function readCredentials(
  environment: Readonly<Record<string, string | undefined>>,
): SigningCredentials | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] ?? ''
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] ?? ''
  const sessionToken = environment['AWS_SESSION_TOKEN'] ?? ''
  if (accessKeyId === '' || secretAccessKey === '') return undefined
  return Object.freeze({
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    ...(sessionToken === '' ? {} : { sessionToken: new Secret(sessionToken) }),
  })
}

/** What `--function-aws-endpoint` says; undefined when it is none of what it may be. */
export function parseAwsEndpoint(text: string): ConfiguredAwsEndpoint | undefined {
  if (text === 'own') return { kind: 'own' }
  if (text === 'none') return { kind: 'aws' }
  const url = parseEndpointUrl(text)
  return url === undefined ? undefined : { kind: 'url', url }
}

/** The URL of an endpoint without its trailing slash; undefined when it is none. */
export function parseEndpointUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname, search, hash, username } = new URL(text)
  const isPlain = search === '' && hash === '' && username === ''
  if (!isPlain || (protocol !== 'http:' && protocol !== 'https:')) return undefined
  return `${origin}${pathname.replace(/\/+$/, '')}`
}
