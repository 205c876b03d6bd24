import { integrationTimeoutMsMin, streamTimeoutMsMax } from '../../aws/limits.ts'
import type { PutIntegrationRequest } from '../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../base/omit-undefined.ts'
import type { IntegrationDefinition, PassthroughBehavior } from '../../snapshot/definition.ts'
import { refusals } from './errors.ts'
import { checkIntegrationUri } from './integration-uri.ts'
import { checkRequestMappings } from './mapping-rules.ts'
import { isMethodKey } from './method-key.ts'
import { templatesOf } from './template-rules.ts'

/** What an integration depends on outside of itself. */
export interface IntegrationSurroundings {
  /** The request parameters of the method. */
  readonly declaredParameters: Readonly<Record<string, boolean>>
  readonly timeoutMsMax: number
}

const timeoutMsDefault = 29_000

/**
 * A new integration as it is stored, with AWS's defaults. Refuses in this order: verb, URI, credentials,
 * connection, transfer mode, timeout, passthrough behaviour, mappings, cache keys, templates.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-integration-*
 */
export function integrationOf(
  input: PutIntegrationRequest,
  { declaredParameters, timeoutMsMax }: IntegrationSurroundings,
): IntegrationDefinition {
  const { type, uri, contentHandling, requestParameters } = input
  const httpMethod = checkedHttpMethod(input)
  checkIntegrationUri(type, uri)
  const credentials = input.credentials || undefined
  if (credentials?.startsWith('arn:') === false) throw refusals.arn()
  const connection = connectionOf(input)
  const { responseTransferMode } = input
  if (responseTransferMode === 'STREAM' && !isProxy(input)) throw refusals.responseTransferMode()
  const mostMs = responseTransferMode === 'STREAM' ? streamTimeoutMsMax : timeoutMsMax
  const timeoutInMillis = input.timeoutInMillis ?? Math.min(timeoutMsDefault, mostMs)
  if (!(timeoutInMillis >= integrationTimeoutMsMin && timeoutInMillis <= mostMs)) {
    throw refusals.timeout(mostMs)
  }
  const passthroughBehavior = checkedPassthrough(input.passthroughBehavior)
  checkRequestMappings(requestParameters ?? {}, declaredParameters)
  const cacheKeyParameters = checkedCacheKeys(input, declaredParameters)
  const requestTemplates = input.requestTemplates && templatesOf(input.requestTemplates)
  const tlsConfig = input.tlsConfig && omitUndefined(input.tlsConfig)
  return {
    type,
    ...omitUndefined({ httpMethod, uri: uri || undefined }),
    ...connection,
    ...omitUndefined({ credentials, requestParameters, requestTemplates }),
    passthroughBehavior,
    ...omitUndefined({ contentHandling }),
    timeoutInMillis,
    cacheNamespace: input.cacheNamespace || input.resourceId,
    cacheKeyParameters,
    ...omitUndefined({ tlsConfig, responseTransferMode }),
    integrationResponses: {},
  }
}

/** The verb of the call to the integration; only MOCK, which calls nothing, may be without. */
function checkedHttpMethod(input: PutIntegrationRequest): string | undefined {
  const httpMethod = input.integrationHttpMethod || undefined
  if (httpMethod === undefined && input.type !== 'MOCK') throw refusals.integrationHttpMethod()
  if (httpMethod !== undefined && !isMethodKey(httpMethod)) throw refusals.httpMethod()
  return httpMethod
}

type Connection = Pick<
  IntegrationDefinition,
  'connectionType' | 'connectionId' | 'integrationTarget'
>

/**
 * How the integration is reached; INTERNET is shown of HTTP integrations only. No VPC link can be created
 * yet, so an id names nothing; a stage variable may name one later.
 *
 * Observed: management/put-integration-vpc-link-*
 * Chosen: docs/decisions/0011-definitions-where-aws-is-silent.md
 */
function connectionOf(input: PutIntegrationRequest): Connection {
  const isHttp = input.type === 'HTTP' || input.type === 'HTTP_PROXY'
  const connectionId = input.connectionId || undefined
  const integrationTarget = input.integrationTarget || undefined
  if (input.connectionType !== 'VPC_LINK') {
    if (connectionId !== undefined) throw refusals.connectionMember('ConnectionId')
    if (integrationTarget !== undefined) throw refusals.connectionMember('IntegrationTarget')
    return isHttp ? { connectionType: 'INTERNET' } : {}
  }
  if (!isHttp) throw refusals.connectionType()
  if (connectionId === undefined) throw refusals.connectionIdMissing()
  if (!/^\$\{stageVariables\.\w+\}$/.test(connectionId)) throw refusals.vpcLink()
  return { connectionType: 'VPC_LINK', connectionId, ...omitUndefined({ integrationTarget }) }
}

function isProxy({ type }: PutIntegrationRequest): boolean {
  return type === 'HTTP_PROXY' || type === 'AWS_PROXY'
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
  { cacheKeyParameters = [], requestParameters = {} }: PutIntegrationRequest,
  declared: Readonly<Record<string, boolean>>,
): readonly string[] {
  const isKnown = (name: string) =>
    Object.hasOwn(declared, name) || Object.hasOwn(requestParameters, name)
  if (!cacheKeyParameters.every(isKnown)) throw refusals.cacheKeyParameter()
  return [...new Set(cacheKeyParameters)]
}
