import { fieldTable } from '../../base/field-table.ts'

/**
 * What becomes of each header field on its way through, in both directions. A field that a table does not
 * name passes as it is, its case and its repetitions too.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 * Observed: cases/rest/request-headers, cases/rest/response-headers, cases/rest/mapped-headers
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md, where the two differ.
 */

const rows = <const T>(value: T, names: readonly string[]): (readonly [string, T])[] =>
  names.map((name) => [name, value] as const)

/** Taken off every request before anything reads it: no mapping sees them either. */
const unreadable = [
  'Connection',
  'Content-Length',
  'Content-MD5',
  'Expect',
  'Max-Forwards',
  'Proxy-Authenticate',
  'Server',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'WWW-Authenticate',
]

/** Fields of one connection, which AWS's table does not name and RFC 9110 (7.6.1) forbids to forward. */
const hopByHop = ['Keep-Alive', 'Proxy-Connection']

const remappedOfEndpoint = [
  'Authorization',
  'Connection',
  'Content-Length',
  'Content-MD5',
  'Date',
  'Max-Forwards',
  'Server',
  'User-Agent',
  'WWW-Authenticate',
  'x-amz-apigw-id',
  'x-amzn-RequestId',
]

const droppedOfEndpoint = [
  ...hopByHop,
  'Expect',
  'Host',
  'Proxy-Authenticate',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Via',
]

/** What API Gateway signs or frames is not for mappings to set. */
const illegalToServices = [
  'Authorization',
  'Connection',
  'Content-Length',
  'Expect',
  'Proxy-Authenticate',
  'TE',
  'Transfer-Encoding',
  'X-Amzn-Apigateway-Api-Id',
  'X-Amzn-Trace-Id',
]

const forwardedFields = [
  ['X-Forwarded-For', 'forwarded-for'],
  ['X-Forwarded-Port', 'forwarded-port'],
  ['X-Forwarded-Proto', 'forwarded-proto'],
  ['X-Amzn-Trace-Id', 'trace'],
] as const

/** Fields of the client that nothing reads, or that the gateway has something to add to. */
export const methodRequestFieldRules = fieldTable<
  'drop' | 'forwarded-for' | 'forwarded-port' | 'forwarded-proto' | 'trace'
>([...rows('drop', unreadable), ...forwardedFields])

/** Fields of the client that HTTP_PROXY does not hand on. `agent`: handed on, and missed where it is not there. */
export const clientFieldRules = fieldTable<'drop' | 'agent'>([
  ...rows('drop', [
    ...unreadable,
    ...hopByHop,
    // The endpoint's own name takes its place.
    'Host',
    // The gateway's to say, not the client's.
    'X-Amzn-Apigateway-Api-Id',
    'Content-Encoding',
    'Via',
    // Spent: it has changed the method.
    'X-HTTP-Method-Override',
  ]),
  ['User-Agent', 'agent'],
])

/**
 * Fields that a mapping sets on a request. `illegal`: the request ends as 500. `drop`: the mapping is
 * without effect, because the field belongs to the connection.
 */
export const mappedRequestFieldRules = fieldTable<'illegal' | 'drop'>([
  ...rows('illegal', [
    'Content-Length',
    'Transfer-Encoding',
    'X-Amzn-Apigateway-Api-Id',
    'X-Amzn-Trace-Id',
  ]),
  ...rows('drop', [...hopByHop, 'Connection', 'Expect', 'Proxy-Authenticate', 'TE', 'Via']),
])

/**
 * Fields of a request to a Lambda function that a mapping sets. They are Lambda's own, of which API Gateway
 * signs the request: more of them are illegal than of an HTTP endpoint's.
 *
 * Observed: https://github.com/localstack/localstack (header remapping of AWS and AWS_PROXY)
 */
export const mappedFunctionFieldRules = fieldTable<'illegal' | 'drop'>([
  ...rows('illegal', illegalToServices),
  ...rows('drop', hopByHop),
])

/**
 * Fields of a request to another AWS service that a mapping sets: Lambda's, and those that the signature
 * makes.
 */
export const mappedServiceFieldRules = fieldTable<'illegal' | 'drop'>([
  ...rows('illegal', illegalToServices),
  ...rows('drop', [
    ...hopByHop,
    'Host',
    'X-Amz-Content-Sha256',
    'X-Amz-Date',
    'X-Amz-Security-Token',
  ]),
])

/**
 * Fields of the client that an event does not carry as they are. `forwarded-…` and `trace`: the gateway has
 * something to add. `coding`: it goes with the content.
 */
export const eventFieldRules = fieldTable<
  'drop' | 'coding' | 'forwarded-for' | 'forwarded-port' | 'forwarded-proto' | 'trace'
>([
  ...rows('drop', [...unreadable, ...hopByHop]),
  ['Content-Encoding', 'coding'],
  ...forwardedFields,
])

/** Fields of the endpoint that HTTP_PROXY renames or does not hand back. */
export const endpointFieldRules = fieldTable<'remap' | 'drop'>([
  ...rows('remap', remappedOfEndpoint),
  ...rows('drop', droppedOfEndpoint),
])

/** The same of a function's answer by AWS_PROXY, which has a trace of the gateway's, and a type in any case. */
export const functionFieldRules = fieldTable<'remap' | 'drop' | 'type'>([
  ...rows('remap', [...remappedOfEndpoint, 'X-Amzn-Trace-Id']),
  ...rows('drop', droppedOfEndpoint),
  ['Content-Type', 'type'],
])

/** Fields that a mapping sets on a response. */
export const mappedResponseFieldRules = fieldTable<'remap' | 'drop'>([
  ...rows('remap', [
    'Authorization',
    'Connection',
    'Content-Length',
    'Content-MD5',
    'Date',
    'Expect',
    'Host',
    'Max-Forwards',
    'Proxy-Authenticate',
    'Server',
    'Trailer',
    'Upgrade',
    'User-Agent',
    'WWW-Authenticate',
    'x-amz-apigw-id',
    'x-amzn-RequestId',
  ]),
  ...rows('drop', [...hopByHop, 'Transfer-Encoding']),
])

/**
 * Fields that an API sets on a gateway response. Fewer than a mapping of an integration response loses:
 * WWW-Authenticate, with which a browser asks for a password, passes.
 *
 * Observed: https://github.com/khornberg/elasticpypi/pull/304
 * Chosen: docs/decisions/0010-models-validators-and-gateway-responses.md (the others)
 */
export const gatewayResponseFieldRules = fieldTable<'remap' | 'drop'>([
  ...rows('remap', ['Connection', 'Content-Length', 'Date', 'x-amz-apigw-id', 'x-amzn-RequestId']),
  ...rows('drop', [...hopByHop, 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade']),
])

/**
 * True for a value that a header field can have. A body may hold what a header cannot; sent on, a line
 * break would begin another field.
 */
export function isHeaderValue(value: string): boolean {
  // oxlint-disable-next-line eslint/no-control-regex -- the controls are what is looked for
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value)
}

/** True for a name that a header field can have: a token. */
export function isHeaderName(name: string): boolean {
  return /^[\w!#$%&'*+\-.^`|~]+$/.test(name)
}

/** The name under which a field goes on whose own name is the gateway's to use. */
export function remappedName(name: string): string {
  return `x-amzn-Remapped-${name}`
}
