import { deepFreeze } from '../../../base/freeze.ts'
import type { MethodKey } from '../../../aws/identifiers.ts'
import type {
  ApiDefinition,
  MethodDefinition,
  ResourceDefinition,
} from '../../../snapshot/definition.ts'
import type {
  GatewayResponseRecord,
  MethodRecord,
  ModelRecord,
  RequestValidatorRecord,
  ResourceRecord,
  RestApiRecord,
} from '../records.ts'
import { stageRefusals } from '../stages/stage-refusals.ts'

/** Records of an API besides its resources, in no promised order. */
export interface ApiParts {
  readonly models: readonly ModelRecord[]
  readonly requestValidators: readonly RequestValidatorRecord[]
  readonly gatewayResponses: readonly GatewayResponseRecord[]
}

/**
 * What CreateDeployment keeps of an API: all that its records say of resources, methods and
 * integrations, and of the API and its other parts what a request needs. Equal APIs give equal definitions, whatever the
 * order of `resources`. Shares what the records hold, which is frozen from then on.
 *
 * @throws {ServiceError} BadRequestException for an API without methods, then for a method without an
 * integration.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html
 */
export function freezeDefinition(
  api: RestApiRecord,
  resources: readonly ResourceRecord[],
  { models, requestValidators, gatewayResponses }: ApiParts,
): ApiDefinition {
  if (resources.every(({ methods }) => Object.keys(methods).length === 0)) {
    throw stageRefusals.noMethods()
  }
  return deepFreeze({
    format: 1,
    restApiId: api.id,
    name: api.name,
    apiKeySource: api.apiKeySource,
    binaryMediaTypes: [...(api.binaryMediaTypes ?? [])],
    ...(api.minimumCompressionSize === undefined
      ? {}
      : { minimumCompressionSize: api.minimumCompressionSize }),
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    endpointTypes: [...api.endpointConfiguration.types],
    ...(api.policy === undefined ? {} : { policy: api.policy }),
    gatewayResponses: Object.fromEntries(
      gatewayResponses.map(({ responseType, ...shaped }) => [responseType, shaped]),
    ),
    models: Object.fromEntries(
      models.map(({ name, contentType, schema }) => [name, { contentType, schema }]),
    ),
    requestValidators: Object.fromEntries(requestValidators.map(({ id, ...rest }) => [id, rest])),
    // No operation makes any of these yet.
    authorizers: {},
    resources: resources.map(freezeResource).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  })
}

function freezeResource({ id, path, methods }: ResourceRecord): ResourceDefinition {
  const frozen: { [Key in MethodKey]?: MethodDefinition } = {}
  // A record of methods has no other keys.
  for (const key of Object.keys(methods) as MethodKey[]) {
    const method = methods[key]
    if (method !== undefined) frozen[key] = freezeMethod(method)
  }
  return { resourceId: id, path, methods: frozen }
}

function freezeMethod(method: MethodRecord): MethodDefinition {
  const { integration, ...rest } = method
  if (integration === undefined) throw stageRefusals.noIntegration()
  return { ...rest, integration }
}
