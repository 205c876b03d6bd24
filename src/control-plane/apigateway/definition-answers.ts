import type { MethodKey } from '../../aws/identifiers.ts'
import type {
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  Resource,
  RestApi,
} from '../../aws/models/apigateway-types.ts'
import type {
  IntegrationDefinition,
  IntegrationResponseDefinition,
  MethodResponseDefinition,
} from '../../snapshot/definition.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from './records.ts'

/**
 * Stored records as AWS shows them. A member that was never given is absent, maps of responses are
 * absent while empty, and lists that AWS always shows are always there.
 *
 * Observed: management/*-shape, management/get-method-with-everything
 */

/**
 * An API as every operation on it answers.
 *
 * The policy is shown as AWS shows it: compact JSON, escaped as within a JSON string, slashes too.
 * Terraform unescapes it and fails on anything else.
 * Observed: https://github.com/localstack/localstack/issues/3325 and
 * https://github.com/hashicorp/terraform-provider-aws/pull/4606
 */
export function restApiAnswer(api: RestApiRecord): RestApi {
  const { modelsAreStored: _, policy, ...shown } = api
  return policy === undefined ? shown : { ...shown, policy: escapePolicy(policy) }
}

function escapePolicy(policy: string): string {
  const compact = JSON.stringify(JSON.parse(policy))
  return JSON.stringify(compact).slice(1, -1).replaceAll('/', '\\/')
}

/** A resource; its methods as empty objects, or whole where the caller embeds `methods`. */
export function resourceAnswer(
  resource: ResourceRecord,
  embed: readonly string[] | undefined,
): Resource {
  const { methods, ...shown } = resource
  const whole = embed?.includes('methods') === true
  const resourceMethods: Record<string, Method> = {}
  for (const [methodKey, method] of methodsOf(resource)) {
    resourceMethods[methodKey] = whole ? methodAnswer(methodKey, method) : {}
  }
  return Object.keys(methods).length === 0 ? shown : { ...shown, resourceMethods }
}

/** The methods of a resource in the order in which they were put. */
export function methodsOf(resource: ResourceRecord): [MethodKey, MethodRecord][] {
  // The type of `methods` names its keys; Object.entries forgets them.
  return Object.entries(resource.methods) as [MethodKey, MethodRecord][]
}

/** A method with its responses and its integration. */
export function methodAnswer(httpMethod: string, method: MethodRecord): Method {
  const { methodResponses, integration, ...shown } = method
  return {
    httpMethod,
    ...shown,
    ...(isEmpty(methodResponses)
      ? {}
      : { methodResponses: mapWithStatus(methodResponses, methodResponseAnswer) }),
    ...(integration === undefined ? {} : { methodIntegration: integrationAnswer(integration) }),
  }
}

/** A method response with its status. */
export function methodResponseAnswer(
  statusCode: string,
  response: MethodResponseDefinition,
): MethodResponse {
  return { statusCode, ...response }
}

/** An integration with its responses. */
export function integrationAnswer(integration: IntegrationDefinition): Integration {
  const { integrationResponses, ...shown } = integration
  return isEmpty(integrationResponses)
    ? shown
    : {
        ...shown,
        integrationResponses: mapWithStatus(integrationResponses, integrationResponseAnswer),
      }
}

/** An integration response with its status. */
export function integrationResponseAnswer(
  statusCode: string,
  response: IntegrationResponseDefinition,
): IntegrationResponse {
  return { statusCode, ...response }
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0
}

function mapWithStatus<Stored, Shown>(
  map: Readonly<Record<string, Stored>>,
  show: (statusCode: string, stored: Stored) => Shown,
): Record<string, Shown> {
  return Object.fromEntries(
    Object.entries(map).map(([statusCode, stored]) => [statusCode, show(statusCode, stored)]),
  )
}
