import type {
  DeploymentId,
  MethodKey,
  ResourceId,
  RestApiId,
  StageName,
} from '../../src/aws/identifiers.ts'
import type { AccountId, DefinitionHash, Region } from '../../src/aws/identifiers.ts'
import type {
  ApiDefinition,
  IntegrationDefinition,
  MethodDefinition,
  ResourceDefinition,
} from '../../src/snapshot/definition.ts'
import type { StageDeclaration } from '../../src/snapshot/stage-declaration.ts'

/** What a test says of a method; the rest is as AWS leaves it. */
export type MethodSketch = Partial<Omit<MethodDefinition, 'integration'>> & {
  readonly integration: Partial<IntegrationDefinition>
}

/** What a test says of an API: its methods by `GET /pets`, and members that are not as usual. */
export interface ApiSketch {
  readonly api?: Partial<ApiDefinition>
  readonly methods: Readonly<Record<string, MethodSketch>>
}

/** A complete definition of the API that is sketched. */
export function apiDefinitionOf({ api = {}, methods }: ApiSketch): ApiDefinition {
  const resources = new Map<string, Record<string, MethodDefinition>>()
  for (const [route, sketch] of Object.entries(methods)) {
    const [methodKey = '', path = ''] = route.split(' ')
    resources.set(path, { ...resources.get(path), [methodKey]: methodDefinitionOf(sketch) })
  }
  return {
    format: 1,
    restApiId: 'api1234567' as RestApiId,
    name: 'sketch',
    apiKeySource: 'HEADER',
    binaryMediaTypes: [],
    disableExecuteApiEndpoint: false,
    endpointTypes: ['REGIONAL'],
    gatewayResponses: {},
    models: {},
    requestValidators: {},
    authorizers: {},
    resources: [...resources]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, found], i) => resourceOf(path, i, found)),
    ...api,
  }
}

function resourceOf(
  path: string,
  index: number,
  methods: { readonly [Key in MethodKey]?: MethodDefinition },
): ResourceDefinition {
  return { resourceId: `res${index}` as ResourceId, path, methods }
}

function methodDefinitionOf({ integration, ...method }: MethodSketch): MethodDefinition {
  return {
    authorizationType: 'NONE',
    apiKeyRequired: false,
    methodResponses: {},
    ...method,
    integration: {
      type: 'MOCK',
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: 'res',
      cacheKeyParameters: [],
      integrationResponses: {},
      ...integration,
    },
  }
}

/** A complete declaration of a stage. */
export function stageDeclarationOf(
  given: Partial<StageDeclaration> & Pick<StageDeclaration, 'definitionHash'>,
): StageDeclaration {
  return {
    account: '000000000000' as AccountId,
    region: 'us-east-1' as Region,
    restApiId: 'api1234567' as RestApiId,
    stageName: 'prod' as StageName,
    revision: 1,
    deploymentId: 'dep001' as DeploymentId,
    variables: {},
    methodSettings: {},
    cacheClusterEnabled: false,
    tracingEnabled: false,
    ...given,
  }
}

/** An API of many resources that look like those of people: names, parameters, a few shared mappings. */
export function largeApi(resourceCount: number): ApiDefinition {
  const methods: Record<string, MethodSketch> = {}
  for (let i = 0; i < resourceCount; i++) {
    const path = i % 3 === 0 ? `/group${i % 97}/item${i}` : `/group${i % 97}/item${i}/{id}/part`
    methods[`${i % 2 === 0 ? 'GET' : 'POST'} ${path}`] = {
      integration: {
        type: 'HTTP_PROXY',
        httpMethod: 'ANY',
        uri: `http://\${stageVariables.backend}/items/${i}/{id}`,
        requestParameters: {
          'integration.request.path.id': 'method.request.path.id',
          'integration.request.header.x-stage': 'stageVariables.environment',
        },
      },
    }
  }
  return apiDefinitionOf({ methods })
}

/** A hash that names nothing. */
export function hashOf(text: string): DefinitionHash {
  return text.padEnd(64, '0') as DefinitionHash
}
