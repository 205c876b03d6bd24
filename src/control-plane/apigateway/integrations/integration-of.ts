import { integrationTimeoutMsMin, streamTimeoutMsMax } from '../../../aws/limits.ts'
import type { PutIntegrationRequest } from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import { findIntegrationService, isBufferedUri } from '../../../engines/function-uri.ts'
import { isServiceCall } from '../../../snapshot/compile-service-call.ts'
import type { IntegrationDefinition, PassthroughBehavior } from '../../../snapshot/definition.ts'
import { refusals } from '../errors.ts'
import { checkedList } from '../list-rules.ts'
import { checkRequestMappings } from '../mapping-rules.ts'
import { isMethodKey } from '../methods/method-key.ts'
import { templatesOf } from '../template-rules.ts'
import { changedEntries } from './changed-entries.ts'
import { checkIntegrationUri } from './integration-uri.ts'

/** What an integration depends on outside of itself. */
export interface IntegrationSurroundings {
  /** The request parameters of the method. */
  readonly declaredParameters: Readonly<Record<string, boolean>>
  readonly timeoutMsMax: number
  /** Of an update, what was there: what stays as it was is not checked against the surroundings again. */
  readonly before?: IntegrationDefinition
}

const timeoutMsDefault = 29_000

/**
 * A new integration as it is stored, with AWS's defaults. Passthrough behaviour is refused first.
 *
 * @throws {ServiceError} as `settledIntegration` does.
 * Observed: management/put-integration-*
 */
export function integrationOf(
  input: PutIntegrationRequest,
  surroundings: IntegrationSurroundings,
): IntegrationDefinition {
  const { type, contentHandling, requestParameters, requestTemplates } = input
  const { connectionType, responseTransferMode } = input
  const httpMethod = input.integrationHttpMethod || undefined
  const connectionId = input.connectionId || undefined
  const integrationTarget = input.integrationTarget || undefined
  const tlsConfig = input.tlsConfig && omitUndefined(input.tlsConfig)
  const mostMs = timeoutMsMaxOf(input, surroundings)
  return settledIntegration(
    {
      type,
      ...omitUndefined({ httpMethod, uri: input.uri || undefined }),
      ...omitUndefined({ connectionType, connectionId, integrationTarget }),
      ...omitUndefined({ credentials: input.credentials || undefined }),
      ...omitUndefined({ requestParameters, requestTemplates }),
      passthroughBehavior: checkedPassthrough(input.passthroughBehavior),
      ...omitUndefined({ contentHandling }),
      timeoutInMillis: input.timeoutInMillis ?? Math.min(timeoutMsDefault, mostMs),
      cacheNamespace: input.cacheNamespace || input.resourceId,
      cacheKeyParameters: checkedList(input.cacheKeyParameters) ?? [],
      ...omitUndefined({ tlsConfig, responseTransferMode }),
      integrationResponses: {},
    },
    surroundings,
  )
}

/**
 * An integration whose members fit one another and what is around it, as it is stored. Refuses in this
 * order: verb, URI, credentials, connection, transfer mode, timeout, mappings, cache keys, templates.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-integration-*, management/update-integration-*
 */
export function settledIntegration(
  integration: IntegrationDefinition,
  surroundings: IntegrationSurroundings,
): IntegrationDefinition {
  const { declaredParameters, before } = surroundings
  const { connectionType: _, connectionId: __, integrationTarget: ___, ...rest } = integration
  checkHttpMethod(integration)
  checkIntegrationUri(integration.type, integration.uri)
  checkCredentials(integration, surroundings)
  const connection = connectionOf(integration)
  if (integration.responseTransferMode === 'STREAM' && !isProxy(integration)) {
    throw refusals.responseTransferMode()
  }
  checkStreamedCall(integration)
  checkTimeout(integration, surroundings)
  const { requestParameters } = integration
  const changed = changedEntries(requestParameters, before?.requestParameters)
  checkRequestMappings(changed, declaredParameters)
  const cacheKeyParameters = checkedCacheKeys(integration, surroundings)
  const requestTemplates = integration.requestTemplates && templatesOf(integration.requestTemplates)
  return { ...rest, ...connection, cacheKeyParameters, ...omitUndefined({ requestTemplates }) }
}

/** The verb of the call to the integration; only MOCK, which calls nothing, may be without. */
function checkHttpMethod({ type, httpMethod }: IntegrationDefinition): void {
  if (httpMethod === undefined && type !== 'MOCK') throw refusals.integrationHttpMethod()
  if (httpMethod !== undefined && !isMethodKey(httpMethod)) throw refusals.httpMethod()
}

/** A function has a policy that may let API Gateway in; other services know roles alone. */
function checkCredentials(
  { type, uri = '', credentials }: IntegrationDefinition,
  { before }: IntegrationSurroundings,
): void {
  if (credentials?.startsWith('arn:') === false) throw refusals.arn()
  if (credentials !== undefined || type !== 'AWS' || !isServiceCall(uri)) return
  const isSame = before !== undefined && before.credentials === undefined && before.uri === uri
  if (!isSame) throw refusals.roleMissing()
}

type Connection = Pick<
  IntegrationDefinition,
  'connectionType' | 'connectionId' | 'integrationTarget'
>

/**
 * How the integration is reached; INTERNET is shown of HTTP integrations only. That there is a VPC link of
 * the id is for the caller to check.
 *
 * Observed: management/put-integration-vpc-link-*
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md
 */
function connectionOf(integration: IntegrationDefinition): Connection {
  const isHttp = integration.type === 'HTTP' || integration.type === 'HTTP_PROXY'
  const { connectionId, integrationTarget } = integration
  if (integration.connectionType !== 'VPC_LINK') {
    if (connectionId !== undefined) throw refusals.connectionMember('ConnectionId')
    if (integrationTarget !== undefined) throw refusals.connectionMember('IntegrationTarget')
    return isHttp ? { connectionType: 'INTERNET' } : {}
  }
  if (!isHttp) throw refusals.connectionType()
  if (connectionId === undefined) throw refusals.connectionIdMissing()
  return { connectionType: 'VPC_LINK', connectionId, ...omitUndefined({ integrationTarget }) }
}

/** A stage variable may hold either call: what it comes to shows when a request comes. */
function checkStreamedCall({ type, uri = '', responseTransferMode }: IntegrationDefinition): void {
  if (type !== 'AWS_PROXY' || responseTransferMode !== 'STREAM') return
  if (isBufferedUri(uri) || findIntegrationService(uri) !== 'lambda') {
    throw refusals.streamedCall()
  }
}

function isProxy({ type }: IntegrationDefinition): boolean {
  return type === 'HTTP_PROXY' || type === 'AWS_PROXY'
}

/** The most that a timeout may be: a streamed response takes longer. */
function timeoutMsMaxOf(
  { responseTransferMode }: Pick<PutIntegrationRequest, 'responseTransferMode'>,
  { timeoutMsMax }: IntegrationSurroundings,
): number {
  return responseTransferMode === 'STREAM' ? streamTimeoutMsMax : timeoutMsMax
}

/** A timeout that was put under another quota stays until it is changed. */
function checkTimeout(
  { timeoutInMillis, responseTransferMode }: IntegrationDefinition,
  surroundings: IntegrationSurroundings,
): void {
  const { before } = surroundings
  const isSame =
    timeoutInMillis === before?.timeoutInMillis &&
    responseTransferMode === before.responseTransferMode
  const mostMs = timeoutMsMaxOf(omitUndefined({ responseTransferMode }), surroundings)
  const fits = timeoutInMillis >= integrationTimeoutMsMin && timeoutInMillis <= mostMs
  if (!isSame && !fits) throw refusals.timeout(mostMs)
}

const passthroughBehaviors: readonly string[] = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']

function checkedPassthrough(given = 'WHEN_NO_MATCH'): PassthroughBehavior {
  if (!isPassthrough(given)) throw refusals.passthroughBehavior()
  return given
}

function isPassthrough(text: string): text is PassthroughBehavior {
  return passthroughBehaviors.includes(text)
}

/**
 * Cache keys are parameters that the method declares or that this integration sets.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
function checkedCacheKeys(
  { cacheKeyParameters = [], requestParameters = {} }: IntegrationDefinition,
  { declaredParameters, before }: IntegrationSurroundings,
): readonly string[] {
  const isKnown = (name: string) =>
    Object.hasOwn(declaredParameters, name) ||
    Object.hasOwn(requestParameters, name) ||
    before?.cacheKeyParameters?.includes(name) === true
  if (!cacheKeyParameters.every(isKnown)) throw refusals.cacheKeyParameter()
  return [...new Set(cacheKeyParameters)]
}
