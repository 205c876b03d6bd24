import type {
  AccountId,
  DefinitionHash,
  DeploymentId,
  Region,
  ResourceId,
  RestApiId,
  StageName,
} from '../../src/aws/identifiers.ts'
import { compileDeployment } from '../../src/snapshot/compile-deployment.ts'
import type {
  ApiDefinition,
  IntegrationDefinition,
  MethodDefinition,
  ResourceDefinition,
} from '../../src/snapshot/definition.ts'
import type { StageDeclaration } from '../../src/snapshot/stage-declaration.ts'
import { stageSnapshotOf } from '../../src/snapshot/stage-snapshot-of.ts'
import type { StageSnapshot } from '../../src/snapshot/stage-snapshot.ts'

/** Pieces of an API, keyed `GET /pets`. What is left out has the value that AWS gives it. */
export interface ApiFragment {
  readonly integrations: Readonly<Record<string, Partial<IntegrationDefinition>>>
  readonly methods?: Readonly<Record<string, Partial<MethodDefinition>>>
  readonly api?: Partial<ApiDefinition>
}

// Test names are as good as made ones.
export const testApiId = 'a1b2c3d4e5' as RestApiId
export const testStageName = 'prod' as StageName

/** The definition of an API made of fragments. Resources get the ids `res000`, `res001` … in order of path. */
export function definitionOf({ integrations, methods = {}, api = {} }: ApiFragment): ApiDefinition {
  const paths = new Map<string, Record<string, MethodDefinition>>([['/', {}]])
  for (const [key, integration] of Object.entries(integrations)) {
    const [httpMethod = '', path = ''] = key.split(' ')
    const ofPath = paths.get(path) ?? {}
    ofPath[httpMethod] = methodOf(integration, methods[key])
    paths.set(path, ofPath)
  }
  const resources = [...paths.keys()].toSorted().map((path, index): ResourceDefinition => ({
    resourceId: `res${String(index).padStart(3, '0')}` as ResourceId,
    path,
    methods: paths.get(path) ?? {},
  }))
  return {
    format: 1,
    restApiId: testApiId,
    name: 'pets',
    apiKeySource: 'HEADER',
    binaryMediaTypes: [],
    disableExecuteApiEndpoint: false,
    endpointTypes: ['REGIONAL'],
    gatewayResponses: {},
    models: {},
    requestValidators: {},
    authorizers: {},
    resources,
    ...api,
  }
}

function methodOf(
  integration: Partial<IntegrationDefinition>,
  method: Partial<MethodDefinition> = {},
): MethodDefinition {
  return {
    authorizationType: 'NONE',
    apiKeyRequired: false,
    methodResponses: { 200: {} },
    integration: {
      type: 'MOCK',
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      integrationResponses: {},
      ...integration,
    },
    ...method,
  }
}

/** A stage `prod` of a definition, and of a canary's definition when there is one. */
export function snapshotOf(stage: {
  readonly definition: ApiDefinition
  readonly declaration?: Partial<StageDeclaration>
  readonly canaryDefinition?: ApiDefinition | undefined
}): StageSnapshot {
  const { definition, declaration = {}, canaryDefinition } = stage
  return stageSnapshotOf(
    {
      account: '123456789012' as AccountId,
      region: 'us-east-1' as Region,
      restApiId: testApiId,
      stageName: testStageName,
      revision: 1,
      deploymentId: 'dep001' as DeploymentId,
      definitionHash: 'hash-1' as DefinitionHash,
      variables: {},
      methodSettings: {},
      cacheClusterEnabled: false,
      tracingEnabled: false,
      ...declaration,
    },
    {
      base: compileDeployment(definition),
      canary: canaryDefinition && compileDeployment(canaryDefinition),
    },
  )
}
