import { findLastField } from '../../base/header-fields.ts'
import { invariant } from '../../base/invariant.ts'
import { hostNameOf } from '../address.ts'
import type { Call, Route } from '../call.ts'
import { formatRequestTime } from '../context-variables.ts'
import { ForwardedFields } from '../method-request-fields.ts'
import { parseQuery } from '../query-string.ts'
import { testInvokeCaller } from '../test-invoke-caller.ts'
import { eventFieldRules } from './header-rules.ts'

/** The request's content as an event carries it. */
export interface EventBody {
  /** Null: there is none. */
  readonly text: string | null
  readonly isBase64Encoded: boolean
  /** What the client sent was compressed and is not any more: its coding is not said. */
  readonly isDecoded: boolean
}

/**
 * The JSON text of a proxy event, payload format 1.0.
 *
 * What there is none of is `null`, never `{}`. Single values are the last of several. Paths are as the
 * client wrote them, queries decoded as forms are. Fields whose names differ by case alone are one field,
 * under the name that came first.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * Observed: cases/rest/aws-proxy-event
 * Chosen: docs/decisions/0021-functions-behind-stages.md (X-Forwarded fields)
 * Cost: names and values of fields, which are many and lie flat in memory, go through JSON.stringify at once;
 * what was put together or cut out would put it off its fast path, so that is written piece by piece.
 */
export function proxyEvent(call: Call, body: EventBody): string {
  const { incoming, variant, route } = call
  invariant(route !== undefined, 'an integration is that of a method')
  const fields = fieldsOf(call, body)
  const query = parseQuery(incoming.rawQuery)
  return (
    `{"resource":${quote(route.value.resourcePath)},"path":${quote(incoming.path)},` +
    `"httpMethod":"${call.httpMethod}","headers":${fields.last},` +
    `"multiValueHeaders":${fields.all},"queryStringParameters":${lastOf(query)},` +
    `"multiValueQueryStringParameters":${allOf(query)},` +
    `"pathParameters":${textsOf(route.pathParameters)},` +
    `"stageVariables":${variablesOf(variant.variables)},` +
    `"requestContext":${requestContextOf(call, route)},` +
    `"body":${body.text === null ? 'null' : JSON.stringify(body.text)},` +
    `"isBase64Encoded":${body.isBase64Encoded}}`
  )
}

/** A text that JSON writes as it is: visible ASCII but for quotes and backslashes. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * For what the client or a template says. Ids, names of stages and APIs, and methods that a resource has
 * hold nothing that JSON would escape.
 */
function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** Values by name: the last of each, and all of each. */
class GroupedValues {
  readonly last: Record<string, string> = {}
  readonly all: Record<string, string[]> = {}

  /** The name must be new. */
  start(name: string, value: string): void {
    if (name === '__proto__') return this.#define(name, value)
    this.last[name] = value
    this.all[name] = [value]
  }

  /** The name must have been started. */
  add(name: string, value: string): void {
    if (name === '__proto__') Object.defineProperty(this.last, name, { value, enumerable: true })
    else this.last[name] = value
    this.all[name]?.push(value)
  }

  /** A name that cannot be assigned to. */
  #define(name: string, value: string): void {
    const attributes = { enumerable: true, configurable: true }
    Object.defineProperty(this.last, name, { value, ...attributes })
    Object.defineProperty(this.all, name, { value: [value], ...attributes })
  }
}

/** JSON objects. */
interface FieldTexts {
  readonly last: string
  readonly all: string
}

function fieldsOf(call: Call, { isDecoded }: EventBody): FieldTexts {
  const { headers } = call.incoming
  const fields = new EventFields()
  const forwarded = new ForwardedFields(call.incoming)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    const rule = eventFieldRules.find(name)
    if (rule === undefined || (rule === 'coding' && !isDecoded)) fields.add(name, value)
    else if (rule !== 'drop' && rule !== 'coding' && rule !== 'trace') forwarded.take(rule, value)
  }
  // Nothing stands between a test and its method, so nothing adds what a client would not send.
  if (call.isTest) return orNull(fields.values)
  const trace = ['X-Amzn-Trace-Id', call.traceId ?? ''] as const
  return withAdded(fields.values, [trace, ...forwarded.fields()])
}

function orNull({ last, all }: GroupedValues): FieldTexts {
  const lastText = JSON.stringify(last)
  return lastText === '{}' ? noFields : { last: lastText, all: JSON.stringify(all) }
}

const noFields: FieldTexts = Object.freeze({ last: 'null', all: 'null' })

function withAdded(
  { last, all }: GroupedValues,
  added: readonly (readonly [name: string, value: string])[],
): FieldTexts {
  let lastText = JSON.stringify(last).slice(0, -1)
  let allText = JSON.stringify(all).slice(0, -1)
  for (const [name, value] of added) {
    const separator = lastText === '{' ? '' : ','
    const quoted = quote(value)
    lastText += `${separator}"${name}":${quoted}`
    allText += `${separator}"${name}":[${quoted}]`
  }
  return { last: `${lastText}}`, all: `${allText}}` }
}

/** More names than this are looked up in a map: each of a few is compared faster. */
const comparedMax = 32

/** The client's fields, each under the name that came first. */
class EventFields {
  readonly values = new GroupedValues()
  readonly #names: string[] = []
  #byLowerCase: Map<string, string> | undefined

  add(name: string, value: string): void {
    const before = this.#find(name)
    if (before !== undefined) return this.values.add(before, value)
    this.values.start(name, value)
    this.#names.push(name)
    this.#byLowerCase?.set(name.toLowerCase(), name)
    if (this.#names.length === comparedMax) {
      this.#byLowerCase = new Map(this.#names.map((known) => [known.toLowerCase(), known]))
    }
  }

  #find(name: string): string | undefined {
    if (this.#byLowerCase !== undefined) return this.#byLowerCase.get(name.toLowerCase())
    for (const known of this.#names) {
      if (known.length !== name.length) continue
      if (known === name || known.toLowerCase() === name.toLowerCase()) return known
    }
    return undefined
  }
}

type Query = ReadonlyMap<string, readonly string[]>

function lastOf(query: Query): string {
  let text = ''
  for (const [name, values] of query) {
    text += `${text === '' ? '{' : ','}${quote(name)}:${quote(values.at(-1) ?? '')}`
  }
  return text === '' ? 'null' : `${text}}`
}

function allOf(query: Query): string {
  let text = ''
  for (const [name, values] of query) {
    text += `${text === '' ? '{' : ','}${quote(name)}:[${values.map(quote).join(',')}]`
  }
  return text === '' ? 'null' : `${text}}`
}

function textsOf(texts: ReadonlyMap<string, string>): string {
  let text = ''
  for (const [name, value] of texts)
    text += `${text === '' ? '{' : ','}${quote(name)}:${quote(value)}`
  return text === '' ? 'null' : `${text}}`
}

function variablesOf(variables: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(variables)
  return text === '{}' ? 'null' : text
}

function requestContextOf(call: Call, { value: method }: Route): string {
  const { incoming, stage, variant, startMs } = call
  const { account, restApiId, stageName } = stage.declaration
  const domainName = hostNameOf(incoming.host)
  const { operationName } = method
  return (
    `{"resourceId":"${method.resourceId}","resourcePath":${quote(method.resourcePath)},` +
    (operationName === undefined ? '' : `"operationName":${quote(operationName)},`) +
    `"httpMethod":"${call.httpMethod}","extendedRequestId":"${call.extendedRequestId}",` +
    `"requestTime":"${formatRequestTime(startMs)}","path":${quote(incoming.contextPath)},` +
    `"accountId":"${account}","protocol":"HTTP/1.1","stage":"${stageName}",` +
    `"domainPrefix":${quote(prefixOf(domainName))},"requestTimeEpoch":${startMs},` +
    `"requestId":"${call.requestId}",${call.isTest ? testIdentityOf(call) : identityOf(call)},` +
    `"domainName":${quote(domainName)},"deploymentId":"${variant.deploymentId}",` +
    (stage.canary === undefined ? '' : `"isCanaryRequest":${variant.isCanary},`) +
    `"apiId":"${restApiId}"}`
  )
}

function prefixOf(domainName: string): string {
  const dot = domainName.indexOf('.')
  return dot < 0 ? domainName : domainName.slice(0, dot)
}

/**
 * Who calls in a test is whoever may test: the account.
 *
 * Observed: cases/execution-log/aws-proxy
 */
function testIdentityOf({ incoming, stage }: Call): string {
  const { account } = stage.declaration
  const userAgent = findLastField(incoming.headers, 'user-agent')
  return (
    '"identity":{"cognitoIdentityPoolId":null,"cognitoIdentityId":null,' +
    `"apiKey":"${testInvokeCaller.apiKey}","principalOrgId":null,"cognitoAuthenticationType":null,` +
    `"userArn":"arn:aws:iam::${account}:root","apiKeyId":"${testInvokeCaller.apiKeyId}",` +
    `"userAgent":${userAgent === undefined ? 'null' : quote(userAgent)},"accountId":"${account}",` +
    `"caller":"${account}","sourceIp":"${incoming.sourceIp}","accessKey":null,` +
    `"cognitoAuthenticationProvider":null,"user":"${account}"}`
  )
}

/** Most of it only IAM and Cognito fill; a key is there where the method requires one. */
function identityOf({ incoming: { headers, sourceIp }, caller }: Call): string {
  const key =
    caller === undefined
      ? ''
      : `"apiKey":${quote(caller.apiKey.value)},"apiKeyId":${quote(caller.apiKey.id)},`
  const userAgent = findLastField(headers, 'user-agent')
  return (
    `"identity":{"cognitoIdentityPoolId":null,${key}"accountId":null,"cognitoIdentityId":null,` +
    `"caller":null,"sourceIp":"${sourceIp}","principalOrgId":null,"accessKey":null,` +
    '"cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,"userArn":null,' +
    `"userAgent":${userAgent === undefined ? 'null' : quote(userAgent)},"user":null}`
  )
}
