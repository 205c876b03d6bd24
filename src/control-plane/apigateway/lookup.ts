import type { MethodKey, Scope } from '../../aws/identifiers.ts'
import type {
  IntegrationDefinition,
  IntegrationResponseDefinition,
  MethodResponseDefinition,
} from '../../snapshot/definition.ts'
import type { Transaction, TypedKey } from '../transaction.ts'
import { refusals } from './errors.ts'
import { isMethodKey } from './methods/method-key.ts'
import { keys } from './records.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from './records.ts'

/**
 * Finding what a caller named. What is missing is refused in AWS's order: resource, method,
 * integration, status code. An API that is not there has no resources, so below `/resources` AWS speaks
 * of the resource and never of the API.
 *
 * Observed: management/*-unknown-*
 */

export interface ResourceAddress {
  readonly restApiId: string
  readonly resourceId: string
}

/** @throws {ServiceError} NotFoundException `Invalid API identifier specified …`. */
export async function getRestApi(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<RestApiRecord> {
  const api = await findRecord(tx, keys.restApi(scope, restApiId))
  if (api === undefined) throw refusals.apiNotFound(scope, restApiId)
  return api
}

/** @throws {ServiceError} NotFoundException `Invalid Resource identifier specified`. */
export async function getResource(
  tx: Transaction,
  scope: Scope,
  { restApiId, resourceId }: ResourceAddress,
): Promise<ResourceRecord> {
  const resource = await findRecord(tx, keys.resource(scope, restApiId, resourceId))
  if (resource === undefined) throw refusals.resourceNotFound()
  return resource
}

/** A record that callers name: undefined also for names that no key can have. */
export async function findRecord<Value extends object>(
  tx: Transaction,
  key: TypedKey<Value>,
): Promise<Value | undefined> {
  const isKey = key.every((segment) => segment !== '' && !segment.includes('\u0000'))
  return isKey ? tx.get(key) : undefined
}

/** A method with the key it stands under. Undefined: there is none, or no such verb. */
export function findMethod(
  resource: ResourceRecord,
  httpMethod: string,
): { readonly methodKey: MethodKey; readonly method: MethodRecord } | undefined {
  if (!isMethodKey(httpMethod)) return undefined
  const method = resource.methods[httpMethod]
  return method === undefined ? undefined : { methodKey: httpMethod, method }
}

/** @throws {ServiceError} NotFoundException `Invalid Method identifier specified`. */
export function getMethod(
  resource: ResourceRecord,
  httpMethod: string,
): { readonly methodKey: MethodKey; readonly method: MethodRecord } {
  const found = findMethod(resource, httpMethod)
  if (found === undefined) throw refusals.methodNotFound()
  return found
}

/** @throws {ServiceError} NotFoundException `Invalid Integration identifier specified`. */
export function getIntegration(method: MethodRecord): IntegrationDefinition {
  if (method.integration === undefined) throw refusals.integrationNotFound()
  return method.integration
}

/** @throws {ServiceError} NotFoundException `Invalid Response status code specified`. */
export function getMethodResponse(
  method: MethodRecord,
  statusCode: string,
): MethodResponseDefinition {
  const response = ownMember(method.methodResponses, statusCode)
  if (response === undefined) throw refusals.statusCodeNotFound()
  return response
}

/** @throws {ServiceError} NotFoundException `Invalid Response status code specified`. */
export function getIntegrationResponse(
  integration: IntegrationDefinition,
  statusCode: string,
): IntegrationResponseDefinition {
  const response = ownMember(integration.integrationResponses, statusCode)
  if (response === undefined) throw refusals.statusCodeNotFound()
  return response
}

/** A map's member by a name that a caller chose: never one that every object inherits. */
export function ownMember<Value>(
  map: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

/** A resource with one of its methods in a new form. */
export function withMethod(
  resource: ResourceRecord,
  methodKey: MethodKey,
  method: MethodRecord,
): ResourceRecord {
  return { ...resource, methods: { ...resource.methods, [methodKey]: method } }
}
