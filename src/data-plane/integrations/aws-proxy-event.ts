import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import { invariant } from '../../base/invariant.ts'
import { hostNameOf } from '../address.ts'
import type { Call, Route } from '../call.ts'
import { formatRequestTime } from '../context-variables.ts'
import { parseQuery } from '../query-string.ts'
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
 * Cost: written as text, because that is half of what an object and JSON.stringify take.
 */
export function proxyEvent(call: Call, body: EventBody): string {
  const { incoming, variant, route } = call
  invariant(route !== undefined, 'an integration is that of a method')
  const fields = groupFields(call, body)
  const query = parseQuery(incoming.rawQuery)
  return (
    `{"resource":${quote(route.value.resourcePath)},"path":${quote(incoming.path)},` +
    `"httpMethod":${quote(call.httpMethod)},"headers":${lastValues(fields)},` +
    `"multiValueHeaders":${allValues(fields)},"queryStringParameters":${lastQueryValues(query)},` +
    `"multiValueQueryStringParameters":${allQueryValues(query)},` +
    `"pathParameters":${textsOf(route.pathParameters)},` +
    `"stageVariables":${variablesOf(variant.variables)},` +
    `"requestContext":${requestContextOf(call, route)},` +
    `"body":${body.text === null ? 'null' : quote(body.text)},` +
    `"isBase64Encoded":${body.isBase64Encoded}}`
  )
}

const quote: (text: string) => string = JSON.stringify

/** A field with all its values, its texts quoted. */
interface EventField {
  readonly lowerCaseName: string
  /** With the colon. */
  readonly name: string
  values: string
  last: string
}

/** More fields than this are looked up in a map: each of a few is compared faster. */
const comparedMax = 32

function groupFields(call: Call, { isDecoded }: EventBody): readonly EventField[] {
  const { headers, sourceIp } = call.incoming
  const grouped = new FieldGroups(headers.length / 2 > comparedMax)
  let forwardedFor = sourceIp
  let forwardedPort: string | undefined
  let forwardedProto: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    const rule = eventFieldRules.find(name)
    if (rule === undefined) grouped.add(name, value)
    else if (rule === 'coding') {
      if (!isDecoded) grouped.add(name, value)
    } else if (rule === 'forwarded-for')
      forwardedFor = forwardedForWith(forwardedFor, value, sourceIp)
    else if (rule === 'forwarded-port') forwardedPort = value
    else if (rule === 'forwarded-proto') forwardedProto = value
  }
  if (call.traceId !== undefined) grouped.add('X-Amzn-Trace-Id', call.traceId)
  grouped.add('X-Forwarded-For', forwardedFor)
  grouped.add('X-Forwarded-Port', forwardedPort ?? portOf(call.incoming.host))
  grouped.add('X-Forwarded-Proto', forwardedProto ?? 'http')
  return grouped.fields
}

/** Whoever the client says it speaks for, then the client itself. */
function forwardedForWith(before: string, value: string, sourceIp: string): string {
  const others = before === sourceIp ? '' : `${before.slice(0, -sourceIp.length)}`
  return `${others}${value}, ${sourceIp}`
}

function portOf(host: string): string {
  return /:(\d+)$/.exec(host)?.[1] ?? '80'
}

class FieldGroups {
  readonly fields: EventField[] = []
  readonly #byName: Map<string, EventField> | undefined

  constructor(isIndexed: boolean) {
    this.#byName = isIndexed ? new Map() : undefined
  }

  add(name: string, value: string): void {
    const lowerCaseName = name.toLowerCase()
    const quoted = quote(value)
    const before = this.#find(lowerCaseName)
    if (before === undefined) {
      const field = { lowerCaseName, name: `${quote(name)}:`, values: quoted, last: quoted }
      this.fields.push(field)
      this.#byName?.set(lowerCaseName, field)
      return
    }
    before.values += `,${quoted}`
    before.last = quoted
  }

  #find(lowerCaseName: string): EventField | undefined {
    if (this.#byName !== undefined) return this.#byName.get(lowerCaseName)
    for (const field of this.fields) if (field.lowerCaseName === lowerCaseName) return field
    return undefined
  }
}

function lastValues(fields: readonly EventField[]): string {
  let text = '{'
  for (const { name, last } of fields) text += (text === '{' ? '' : ',') + name + last
  return `${text}}`
}

function allValues(fields: readonly EventField[]): string {
  let text = '{'
  for (const { name, values } of fields) text += `${text === '{' ? '' : ','}${name}[${values}]`
  return `${text}}`
}

type Query = ReadonlyMap<string, readonly string[]>

function lastQueryValues(query: Query): string {
  if (query.size === 0) return 'null'
  let text = ''
  for (const [name, values] of query) {
    text += `${text === '' ? '{' : ','}${quote(name)}:${quote(values.at(-1) ?? '')}`
  }
  return `${text}}`
}

function allQueryValues(query: Query): string {
  return query.size === 0 ? 'null' : JSON.stringify(Object.fromEntries(query))
}

function textsOf(texts: ReadonlyMap<string, string>): string {
  if (texts.size === 0) return 'null'
  let text = ''
  for (const [name, value] of texts)
    text += `${text === '' ? '{' : ','}${quote(name)}:${quote(value)}`
  return `${text}}`
}

function variablesOf(variables: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(variables)
  return text === '{}' ? 'null' : text
}

/** Members of `identity` that only IAM and Cognito fill. */
const noIdentity =
  '"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,"caller":null,'
const noPrincipal =
  '"principalOrgId":null,"accessKey":null,"cognitoAuthenticationType":null,' +
  '"cognitoAuthenticationProvider":null,"userArn":null,'

function requestContextOf(call: Call, { value: method }: Route): string {
  const { incoming, stage, variant, startMs } = call
  const { account, restApiId, stageName } = stage.declaration
  const domainName = hostNameOf(incoming.host)
  const { operationName } = method
  return (
    `{"resourceId":${quote(method.resourceId)},"resourcePath":${quote(method.resourcePath)},` +
    (operationName === undefined ? '' : `"operationName":${quote(operationName)},`) +
    `"httpMethod":${quote(call.httpMethod)},"extendedRequestId":${quote(call.extendedRequestId)},` +
    `"requestTime":"${formatRequestTime(startMs)}","path":${quote(incoming.contextPath)},` +
    `"accountId":${quote(account)},"protocol":"HTTP/1.1","stage":${quote(stageName)},` +
    `"domainPrefix":${quote(domainName.split('.', 1)[0] ?? '')},"requestTimeEpoch":${startMs},` +
    `"requestId":${quote(call.requestId)},${identityOf(incoming.headers, incoming.sourceIp)}` +
    `"domainName":${quote(domainName)},"deploymentId":${quote(variant.deploymentId)},` +
    (stage.canary === undefined ? '' : `"isCanaryRequest":${variant.isCanary},`) +
    `"apiId":${quote(restApiId)}}`
  )
}

function identityOf(headers: HeaderFields, sourceIp: string): string {
  const userAgent = findLastField(headers, 'user-agent')
  return (
    `"identity":{${noIdentity}"sourceIp":${quote(sourceIp)},${noPrincipal}` +
    `"userAgent":${userAgent === undefined ? 'null' : quote(userAgent)},"user":null},`
  )
}
