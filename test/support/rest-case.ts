import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { createContentCoder } from '../../src/adapters/node/content-coder.ts'
import { bytesBody, emptyBody, streamBody, type Body } from '../../src/base/body.ts'
import { findLastField, type HeaderFields } from '../../src/base/header-fields.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { Secret } from '../../src/base/secret.ts'
import { findExecuteApiAddress, readRequestTarget } from '../../src/data-plane/address.ts'
import type { MethodResponse } from '../../src/data-plane/messages.ts'
import type { RequestTraces } from '../../src/data-plane/request-traces.ts'
import { createExecuteApi } from '../../src/data-plane/server.ts'
import type { AccountId, Region, RestApiId, StageName } from '../../src/aws/identifiers.ts'
import { createAccountTable } from '../../src/data-plane/account-table.ts'
import type { AwsServices } from '../../src/ports/aws-services.ts'
import type { AccountFeedChange } from '../../src/ports/deployment-feed.ts'
import type { ContentCoding } from '../../src/ports/content-coder.ts'
import type { Upstream, UpstreamOutcome } from '../../src/ports/upstream.ts'
import type { VpcLinkTargetAddress } from '../../src/ports/vpc-link-targets.ts'
import type { ApiDefinition } from '../../src/snapshot/definition.ts'
import {
  definitionOf,
  snapshotOf,
  testApiId,
  testStageName,
  type ApiFragment,
} from './compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
  type OperatorLine,
} from './recording-sinks.ts'
import { functionOutcomeOf, printInvocation } from './function-case.ts'
import { neverInvoked, scriptedFunctions } from './functions-script.ts'
import { neverCalled, scriptedUpstream, type RecordedRequest } from './scripted-upstream.ts'

/**
 * A golden case of the data plane: a text of sections, each under a line `--- name`.
 *
 * First line: `Documented: …`, `Observed: …` or `Chosen: …`. Then what is there (`integrations`,
 * `methods`, `api`, `stage`, `canary`, `vpc links`, `client certificates`, `api keys`, `aws services`,
 * `with`:
 * JSON), what happens (`request`, `endpoint answers`,
 * `function gives`) and what must come of it (`endpoint is asked`, `function is invoked`, `response`,
 * `operator reads`). A section of the last kind that is not
 * there says that nothing of the kind happens.
 */
export interface RestCase {
  readonly provenance: string
  readonly sections: Readonly<Record<string, string>>
}

const given = [
  'integrations',
  'methods',
  'api',
  'stage',
  'canary',
  'vpc links',
  'client certificates',
  'api keys',
  'aws services',
  'with',
  'request',
  'endpoint answers',
  'function gives',
]
/** The sections that a run fills in. */
export const outcomes = [
  'endpoint is asked',
  'function is invoked',
  'response',
  'operator reads',
] as const

/** Details that only some cases need. */
interface Extras {
  /** What the draw between stage and canary gives; 0.5 unless said. */
  readonly fraction?: number
  /** A body of so many bytes, in place of the request's. */
  readonly bodyBytes?: number
  /** The request's body is sent in this coding; `cut`: but for its last so many bytes. */
  readonly coding?: ContentCoding
  readonly cut?: number
  /** The request's body has no declared length. */
  readonly chunked?: boolean
  /** The endpoint's body: so many bytes; `declared: false` leaves the length out. */
  readonly answerBytes?: number
  readonly answerChunked?: boolean
  /** The event that a function gets is not what the case is about. */
  readonly eventHidden?: boolean
  /** The request's body, or the endpoint's, is these bytes in base64. */
  readonly bodyBase64?: string
  readonly answerBase64?: string
}

/** Takes the text of a case apart. */
export function parseRestCase(text: string): RestCase {
  const [head = '', ...rest] = `\n${text}`.split(/\n--- /)
  const sections: Record<string, string> = {}
  for (const part of rest) {
    const lineEnd = part.indexOf('\n')
    const name = part.slice(0, lineEnd < 0 ? part.length : lineEnd)
    const known = given.includes(name) || outcomes.some((outcome) => outcome === name)
    assert.ok(known, `no such section: ${name}`)
    sections[name] = lineEnd < 0 ? '' : part.slice(lineEnd + 1).replace(/\n$/, '')
  }
  assert.match(
    head.trim(),
    /^(Documented|Observed|Chosen): \S/,
    'a case begins with its provenance',
  )
  return { provenance: head.trim(), sections }
}

/** The text of a case. */
export function printRestCase({ provenance, sections }: RestCase): string {
  const parts = [...given, ...outcomes]
    .filter((name) => sections[name] !== undefined)
    .map((name) => `--- ${name}\n${sections[name]}\n`)
  return `${provenance}\n${parts.join('')}`
}

/** Runs a case through the whole data plane, without a socket, and tells what came of it. */
export async function runRestCase(
  golden: RestCase,
  transform: (definition: ApiDefinition) => ApiDefinition,
  requestTraces?: RequestTraces,
): Promise<Readonly<Record<string, string>>> {
  const { sections } = golden
  const json = (name: string): JsonObject => JSON.parse(sections[name] ?? '{}') as JsonObject
  const extras = json('with') as Extras
  const fragment = {
    integrations: json('integrations'),
    methods: json('methods'),
    api: json('api'),
  }
  const canary = sections['canary'] === undefined ? undefined : json('canary')
  const stage = snapshotOf({
    // The case says what the definition is; the compiler reads it as it reads what is stored.
    definition: transform(definitionOf(fragment as unknown as ApiFragment)),
    declaration: { ...json('stage'), ...(canary && { canary: canary['declaration'] }) } as never,
    canaryDefinition: canary && transform(definitionOf(canary as unknown as ApiFragment)),
  })
  const answer = sections['endpoint answers']
  const upstream = scriptedUpstream(
    answer === undefined ? neverCalled : () => outcomeOf(answer, extras),
  )
  const gives = sections['function gives']
  const functions = scriptedFunctions(
    gives === undefined ? neverInvoked : () => functionOutcomeOf(gives),
  )
  const log = recordingLog()
  const executeApi = createExecuteApi({
    stages: {
      find: (id, name) => (id === testApiId && name === testStageName ? stage : undefined),
    },
    upstream,
    functions,
    contentCoder: createContentCoder(),
    ...accountOf(json('vpc links'), json('client certificates'), json('api keys')),
    awsServices: servicesOf(json('aws services'), upstream),
    clock: standingClock(Date.UTC(2026, 10, 9, 21, 23, 0)),
    random: {
      uuid: () => '01234567-89ab-4cde-8f01-23456789abcd',
      identifier: (length) => 'AbCdEfGhIjKlMnOp'.slice(0, length),
      fraction: () => extras.fraction ?? 0.5,
    },
    metrics: recordingMetrics(),
    log,
    ...(requestTraces === undefined ? {} : { requestTraces }),
  })
  const response = await respondTo(sections['request'] ?? '', extras, executeApi)
  const responseText = await printResponse(response)
  return withoutEmpty({
    'endpoint is asked': upstream.recorded.map(printRecorded).join('\n\n'),
    'function is invoked': functions.invocations
      .map((invocation) => printInvocation(invocation, extras.eventHidden === true))
      .join('\n\n'),
    response: responseText,
    'operator reads': log.lines.map(printLine).join('\n'),
  })
}

/**
 * `links`: the target of each VPC link of the account. `targets`: where the operator says each target is.
 * `certificates`: the text of each client certificate. `apiKeys`: keys and usage plans by their ids.
 */
function accountOf(
  { links = {}, targets = {} }: JsonObject,
  certificates: JsonObject,
  apiKeys: JsonObject,
) {
  const targetOf = links as Readonly<Record<string, string>>
  const accounts = createAccountTable()
  // The scope of the compiled test stage.
  const account = '123456789012' as AccountId
  const region = 'us-east-1' as Region
  for (const [id, targetArn] of Object.entries(targetOf)) {
    const declaration = { account, region, id, targetArns: [targetArn], revision: 1 }
    accounts.apply({ kind: 'declared', of: 'vpc-link', declaration })
  }
  for (const [id, text] of Object.entries(certificates)) {
    // The case says it as text.
    const pair = { certificatePem: text as string, privateKeyPem: 'private key' }
    const declaration = { account, region, id, ...pair, revision: 1 }
    accounts.apply({ kind: 'declared', of: 'client-certificate', declaration })
  }
  for (const change of apiKeyChanges(apiKeys, { account, region })) accounts.apply(change)
  const addressOf = targets as unknown as Readonly<Record<string, VpcLinkTargetAddress>>
  return {
    accounts,
    vpcLinkTargets: { find: (targetArn: string) => addressOf[targetArn] },
  }
}

/** `keys`: `value`, `enabled` and `plans` of each. `plans`: the stages of each, as `api:stage`. */
function apiKeyChanges(
  { keys = {}, plans = {} }: JsonObject,
  scope: { readonly account: AccountId; readonly region: Region },
): readonly AccountFeedChange[] {
  type Key = { value: string; enabled?: boolean; plans?: readonly string[] }
  // The case says them so.
  const keysById = Object.entries(keys as Readonly<Record<string, Key>>)
  const stagesById = Object.entries(plans as Readonly<Record<string, readonly string[]>>)
  const declaredKeys = keysById.map(([id, { value, enabled = true, plans: planIds = [] }]) => ({
    ...{ ...scope, id, value, isEnabled: enabled, usagePlanIds: planIds, revision: 1 },
    usagePlanDays: Object.fromEntries(planIds.map((planId) => [planId, '2026-11-09'])),
  }))
  const declaredPlans = stagesById.map(([id, stages]) => ({
    ...{ ...scope, id, throttle: undefined, quota: undefined, revision: 1 },
    apiStages: stages.map((stage) => {
      const [restApiId, stageName] = stage.split(':') as [RestApiId, StageName]
      return { restApiId, stageName, methodThrottles: {} }
    }),
  }))
  return [
    ...declaredKeys.map(
      (declaration) => ({ kind: 'declared', of: 'api-key', declaration }) as const,
    ),
    ...declaredPlans.map(
      (declaration) => ({ kind: 'declared', of: 'usage-plan', declaration }) as const,
    ),
  ]
}

/**
 * `endpoints`: `aws`, `own` or a URL for each service. `roles`: those for which somebody signs. What is own is
 * recorded with the host `own`.
 */
function servicesOf({ endpoints = {}, roles = [] }: JsonObject, upstream: Upstream): AwsServices {
  const said = endpoints as Readonly<Record<string, string>>
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
  }
  return {
    findEndpoint(service) {
      const text = said[service]
      if (text === undefined) return undefined
      if (text === 'aws') return { kind: 'aws' }
      if (text === 'own') {
        const exchange: Upstream['exchange'] = (request) =>
          upstream.exchange({ ...request, origin: { ...request.origin, hostname: 'own' } })
        return { kind: 'own', upstream: { ...upstream, exchange } }
      }
      const { protocol, hostname, port, host, pathname } = new URL(text)
      const origin = { protocol: protocol as 'http:', hostname, port: Number(port) }
      return { kind: 'url', origin, host, pathPrefix: pathname.replace(/\/+$/, '') }
    },
    findCredentials: (roleArn) =>
      (roles as readonly string[]).includes(roleArn) ? credentials : undefined,
  }
}

function respondTo(
  text: string,
  extras: Extras,
  executeApi: ReturnType<typeof createExecuteApi>,
): MethodResponse | Promise<MethodResponse> {
  const { first, headers, body } = parseMessage(text)
  const [method = '', target = ''] = first.split(' ')
  const hostAt = headers.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'host',
  )
  const line = { hostField: hostAt < 0 ? '' : (headers[hostAt + 1] ?? ''), target }
  const requestTarget = readRequestTarget(line)
  const address = findExecuteApiAddress(requestTarget)
  assert.ok(address, `${target} is no execute-api address`)
  const bytes = requestBytes(body, extras)
  const content = contentOf(codedBytes(bytes, extras), extras.chunked === true)
  return executeApi.respond(
    { method, headers, body: content, sourceIp: '192.0.2.7', signal: undefined },
    address,
    requestTarget.host,
  )
}

function requestBytes(body: string, { bodyBytes, bodyBase64 }: Extras): Buffer {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64')
  return bodyBytes === undefined ? Buffer.from(body) : Buffer.alloc(bodyBytes, 'x')
}

const compress = { gzip: gzipSync, deflate: deflateSync }
const decompress = { gzip: gunzipSync, deflate: inflateSync }

function codedBytes(bytes: Uint8Array, { coding, cut = 0 }: Extras): Uint8Array {
  if (coding === undefined) return bytes
  const coded = compress[coding](bytes)
  return coded.subarray(0, coded.length - cut)
}

/** A body in a coding is shown as what it says. */
function plainBytes(bytes: Uint8Array, headers: HeaderFields): Uint8Array {
  const coding = findLastField(headers, 'content-encoding')
  const isCompressed = bytes[0] === 0x1f || bytes[0] === 0x78
  if ((coding !== 'gzip' && coding !== 'deflate') || !isCompressed) return bytes
  return decompress[coding](bytes)
}

function contentOf(bytes: Uint8Array, isChunked: boolean): Body {
  if (!isChunked) return bytes.length === 0 ? emptyBody : bytesBody(bytes)
  return streamBody(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 1_048_576) yield bytes.subarray(at, at + 1_048_576)
    })(),
    undefined,
  )
}

function outcomeOf(text: string, extras: Extras): UpstreamOutcome {
  const { first, headers, body } = parseMessage(text)
  if (first === 'timeout') return { outcome: 'timeout' }
  const [word, fault] = first.split(' ')
  if (word === 'certificate') {
    // The case says what is wrong with it.
    return { outcome: word, fault: fault as 'name', detail: 'as scripted' }
  }
  if (!/^\d{3}$/.test(first)) {
    // The other words of a case are the port's own outcomes.
    return { outcome: first as 'refused', detail: 'as scripted' }
  }
  const bytes = answerBytes(body, extras)
  const isChunked = extras.answerChunked === true
  return { outcome: 'response', status: Number(first), headers, body: contentOf(bytes, isChunked) }
}

function answerBytes(body: string, { answerBytes: count, answerBase64 }: Extras): Buffer {
  if (answerBase64 !== undefined) return Buffer.from(answerBase64, 'base64')
  return count === undefined ? Buffer.from(body) : Buffer.alloc(count, 'y')
}

function parseMessage(text: string): { first: string; headers: HeaderFields; body: string } {
  const [head = '', ...rest] = text.split('\n\n')
  const [first = '', ...fields] = head.split('\n')
  const headers = fields.flatMap((field) => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon), field.slice(colon + 1).trim()]
  })
  return { first, headers, body: rest.join('\n\n') }
}

function printRecorded({ request, body }: RecordedRequest): string {
  const { protocol, hostname, port } = request.origin
  const tls = request.tls?.insecureSkipVerification === true ? ' any-authority' : ''
  const address = request.connectTo
  const at = address === undefined ? '' : ` at ${address.hostname}:${address.port}`
  const first = `${request.method} ${protocol}//${hostname}:${port}${request.target}${at}`
  const whole = request.timeoutCoversContent === true ? ' with its content' : ''
  const time = `within ${request.timeoutMs} ms${whole}`
  const { clientCertificate } = request.tls ?? {}
  const as = clientCertificate === undefined ? '' : ` as ${clientCertificate.certificatePem}`
  return printMessage(`${first} ${time}${tls}${as}`, request.headers, body)
}

async function printResponse(response: MethodResponse): Promise<string> {
  try {
    const bytes = await response.body.readAll(64 * 1_048_576)
    return printMessage(
      String(response.status),
      response.headers,
      plainBytes(bytes, response.headers),
    )
  } catch (error) {
    return printMessage(
      `${response.status} and breaks off: ${String(error)}`,
      response.headers,
      Buffer.of(),
    )
  }
}

/** Fields in order of name, because their order on the wire means nothing. */
function printMessage(first: string, headers: HeaderFields, body: Uint8Array): string {
  const fields: string[] = []
  for (let i = 0; i < headers.length; i += 2) fields.push(`${headers[i]}: ${headers[i + 1]}`)
  const text = body.length > 4096 ? `(${body.length} bytes)` : bodyText(body)
  return [first, ...fields.toSorted(), ...(text === '' ? [] : ['', text])].join('\n')
}

/** What is no UTF-8 is shown in base64. */
function bodyText(body: Uint8Array): string {
  return isUtf8(body)
    ? Buffer.from(body).toString()
    : `base64: ${Buffer.from(body).toString('base64')}`
}

/** The fields that a case is about; ids and addresses repeat the request. */
function printLine({ level, event, fields }: OperatorLine): string {
  const { setting, answeredAs, detail } = fields
  const shown = Object.entries({ setting, answeredAs, detail }).filter(([, value]) => value)
  return [level, event, ...shown.map(([name, value]) => `${name}=${value}`)].join(' ')
}

function withoutEmpty(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}
