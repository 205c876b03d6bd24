import { findLastField } from '../base/header-fields.ts'
import type { JsonObject, JsonValue } from '../base/json.ts'
import { hostNameOf } from './address.ts'
import type { Call } from './call.ts'
import { testInvokeCaller } from './test-invoke-caller.ts'

/**
 * The value of `$context.NAME` for a request, as text. Undefined: the request has no such value, or there
 * is no such variable.
 *
 * Names are spelled as AWS spells them and have a case. Nothing is computed before it is asked for.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function contextValue(call: Call, name: string): string | undefined {
  return Object.hasOwn(contextVariables, name) ? contextVariables[name]?.(call) : undefined
}

const contextVariables: Readonly<Record<string, (call: Call) => string | undefined>> = {
  accountId: (call) => call.stage.declaration.account,
  apiId: (call) => call.stage.declaration.restApiId,
  awsEndpointRequestId: (call) => call.endpointRequestId,
  deploymentId: (call) => call.variant.deploymentId,
  domainName: (call) => nonEmpty(hostNameOf(call.incoming.host)),
  domainPrefix: (call) => nonEmpty(hostNameOf(call.incoming.host).split('.', 1)[0]),
  'error.message': (call) => call.error?.callerMessage ?? undefined,
  'error.messageString': (call) =>
    call.error === undefined ? undefined : JSON.stringify(call.error.callerMessage),
  'error.responseType': (call) => call.error?.row.responseType,
  // As it stands within quotes: templates put it there.
  'error.validationErrorString': ({ error }) =>
    error?.validationErrorString === undefined
      ? undefined
      : JSON.stringify(error.validationErrorString).slice(1, -1),
  extendedRequestId: (call) => call.extendedRequestId,
  httpMethod: (call) => call.httpMethod,
  'identity.accountId': ({ isTest, stage }) => (isTest ? stage.declaration.account : undefined),
  // Of methods that require a key.
  'identity.apiKey': ({ isTest, caller }) =>
    isTest ? testInvokeCaller.apiKey : caller?.apiKey.value,
  'identity.apiKeyId': ({ isTest, caller }) =>
    isTest ? testInvokeCaller.apiKeyId : caller?.apiKey.id,
  'identity.caller': ({ isTest, stage }) => (isTest ? stage.declaration.account : undefined),
  'identity.sourceIp': (call) => call.incoming.sourceIp,
  'identity.userAgent': (call) => findLastField(call.incoming.headers, 'user-agent'),
  'identity.user': ({ isTest, stage }) => (isTest ? stage.declaration.account : undefined),
  'identity.userArn': ({ isTest, stage }) =>
    isTest ? `arn:aws:iam::${stage.declaration.account}:root` : undefined,
  // Only a stage that has a canary has the variable at all.
  isCanaryRequest: (call) =>
    call.stage.canary === undefined ? undefined : String(call.variant.isCanary),
  path: (call) => call.incoming.contextPath,
  // What AWS logs whatever the client spoke.
  protocol: () => 'HTTP/1.1',
  requestId: (call) => call.requestId,
  requestTime: (call) => formatRequestTime(call.startMs),
  requestTimeEpoch: (call) => String(call.startMs),
  resourceId: (call) => call.route?.value.resourceId,
  resourcePath: (call) => call.route?.value.resourcePath,
  stage: (call) => call.stage.declaration.stageName,
  webaclArn: (call) => call.stage.declaration.webAclArn,
}

/**
 * `$context` of a request as mapping templates know it: what `contextValue` says, as the members of maps. A
 * truth and a number are such, so that `#if` and arithmetic see them.
 */
export function contextObject(call: Call): JsonObject {
  const members = contextMembers.map((name) => [name, contextMember(call, name)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== undefined))
}

/** One member of it; undefined: the request has none of that name. */
export function contextMember(call: Call, name: string): JsonValue | undefined {
  const group = contextGroups.get(name)
  if (group === undefined) {
    const value = contextValue(call, name)
    return value === undefined ? undefined : (typedValues.get(name)?.(value) ?? value)
  }
  const members = group
    .map((member) => [member, contextValue(call, `${name}.${member}`)] as const)
    .filter(([, value]) => value !== undefined)
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** Names before a dot → those behind it. */
const contextGroups: ReadonlyMap<string, readonly string[]> = groupNames(
  Object.keys(contextVariables),
)
const contextMembers = [
  ...new Set(Object.keys(contextVariables).map((name) => name.split('.', 1)[0] ?? '')),
]

function groupNames(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const dotAt = name.indexOf('.')
    if (dotAt < 0) continue
    const group = groups.get(name.slice(0, dotAt)) ?? []
    group.push(name.slice(dotAt + 1))
    groups.set(name.slice(0, dotAt), group)
  }
  return groups
}

const typedValues: ReadonlyMap<string, (text: string) => JsonValue> = new Map<
  string,
  (text: string) => JsonValue
>([
  ['isCanaryRequest', (text) => text === 'true'],
  ['requestTimeEpoch', Number],
])

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A time in the form of the common log format, always in UTC: `09/Nov/2026:21:23:00 +0000`.
 * `timeMs` counts milliseconds since 1970.
 */
export function formatRequestTime(timeMs: number): string {
  const time = new Date(timeMs)
  const date = `${twoDigits(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`
  const hours = twoDigits(time.getUTCHours())
  const minutes = twoDigits(time.getUTCMinutes())
  return `${date}:${hours}:${minutes}:${twoDigits(time.getUTCSeconds())} +0000`
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`
}
