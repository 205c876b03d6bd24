import type {
  DefinitionHash,
  DeploymentId,
  MethodKey,
  ResourceId,
  RestApiId,
  Scope,
  StageName,
} from '../../aws/identifiers.ts'
import type {
  CacheClusterSize,
  EndpointAccessMode,
  SecurityPolicy,
} from '../../aws/models/apigateway-types.ts'
import type {
  GatewayResponseDefinition,
  IntegrationDefinition,
  MethodResponseDefinition,
} from '../../snapshot/definition.ts'
import type { MethodSetting } from '../../snapshot/stage-declaration.ts'
import type { TypedKey } from '../transaction.ts'

/**
 * What is stored for the resources of API Gateway, and under which keys. Times are whole seconds since
 * 1970. A member that was never given is absent. Changing a shape here is a change of the stored
 * format: it needs a migration.
 */

export interface RestApiRecord {
  readonly id: RestApiId
  readonly name: string
  readonly description?: string
  readonly createdDate: number
  readonly version?: string
  readonly binaryMediaTypes?: readonly string[]
  readonly minimumCompressionSize?: number
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER'
  readonly endpointConfiguration: {
    readonly types: readonly ('EDGE' | 'REGIONAL' | 'PRIVATE')[]
    readonly ipAddressType: 'ipv4' | 'dualstack'
    readonly vpcEndpointIds?: readonly string[]
  }
  readonly policy?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly disableExecuteApiEndpoint: boolean
  readonly securityPolicy?: SecurityPolicy
  readonly endpointAccessMode?: EndpointAccessMode
  readonly rootResourceId: ResourceId
  /** By response type. Not settable yet; a deployment freezes it. */
  readonly gatewayResponses?: Readonly<Record<string, GatewayResponseDefinition>>
}

export interface ResourceRecord {
  readonly id: ResourceId
  /** Absent on the root. */
  readonly parentId?: ResourceId
  /** Absent on the root. */
  readonly pathPart?: string
  readonly path: string
  readonly methods: { readonly [Key in MethodKey]?: MethodRecord }
}

/**
 * Holds a name among the children of one parent, so that two siblings never share it however they race.
 * All variable path parts hold the one name `variableName`: a parent has at most one of them.
 */
export interface ResourceNameRecord {
  readonly id: ResourceId
  readonly pathPart: string
}

/** The name that a variable path part holds, whatever the variable is called. */
export const variableName = '{}'

/** How many resources an API has below its root. Every change of the tree writes it. */
export interface ResourceCountRecord {
  readonly count: number
}

/** Settings of a whole account in a region. Every new API writes it, so that quotas hold in a race. */
export interface AccountRecord {
  readonly cloudwatchRoleArn?: string
}

export interface MethodRecord {
  readonly authorizationType: string
  readonly authorizerId?: string
  readonly authorizationScopes?: readonly string[]
  readonly apiKeyRequired: boolean
  readonly operationName?: string
  readonly requestValidatorId?: string
  readonly requestParameters?: Readonly<Record<string, boolean>>
  readonly requestModels?: Readonly<Record<string, string>>
  readonly methodResponses: Readonly<Record<string, MethodResponseDefinition>>
  readonly integration?: IntegrationDefinition
}

export interface DeploymentRecord {
  readonly id: DeploymentId
  readonly description?: string
  readonly createdDate: number
  readonly definitionHash: DefinitionHash
}

export interface StageRecord {
  readonly stageName: StageName
  readonly deploymentId: DeploymentId
  readonly description?: string
  readonly createdDate: number
  readonly lastUpdatedDate: number
  readonly cacheClusterEnabled: boolean
  readonly cacheClusterSize?: CacheClusterSize
  readonly clientCertificateId?: string
  readonly documentationVersion?: string
  readonly methodSettings: Readonly<Record<string, MethodSetting>>
  readonly variables?: Readonly<Record<string, string>>
  readonly accessLogSettings?: { readonly destinationArn?: string; readonly format?: string }
  readonly canarySettings?: CanaryRecord
  readonly tracingEnabled: boolean
  readonly webAclArn?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface CanaryRecord {
  readonly deploymentId: DeploymentId
  readonly percentTraffic: number
  readonly stageVariableOverrides?: Readonly<Record<string, string>>
  readonly useStageCache: boolean
}

/** Which scope owns an API id: ids are unique on a server, as a URL names nothing else. */
export interface RestApiOwnerRecord {
  readonly account: string
  readonly region: string
}

/** The type is what is stored under the key, or below the prefix. */
const scoped = <Value>({ account, region }: Scope, ...rest: readonly string[]): TypedKey<Value> => [
  account,
  region,
  ...rest,
]

/** Keys of the records above. A function per record; a shorter call names the prefix to list. */
export const keys = {
  account: (scope: Scope) => scoped<AccountRecord>(scope, 'account'),
  restApis: (scope: Scope) => scoped<RestApiRecord>(scope, 'restapi'),
  restApi: (scope: Scope, id: string) => scoped<RestApiRecord>(scope, 'restapi', id),
  resources: (scope: Scope, restApiId: string) =>
    scoped<ResourceRecord>(scope, 'resource', restApiId),
  resource: (scope: Scope, restApiId: string, id: string) =>
    scoped<ResourceRecord>(scope, 'resource', restApiId, id),
  /** Below: the parent's id, then the name. */
  resourceNames: (scope: Scope, restApiId: string) =>
    scoped<ResourceNameRecord>(scope, 'resource-name', restApiId),
  resourceName: (scope: Scope, restApiId: string, parentId: string, name: string) =>
    scoped<ResourceNameRecord>(scope, 'resource-name', restApiId, parentId, name),
  resourceCount: (scope: Scope, restApiId: string) =>
    scoped<ResourceCountRecord>(scope, 'resource-count', restApiId),
  deployments: (scope: Scope, restApiId: string) =>
    scoped<DeploymentRecord>(scope, 'deployment', restApiId),
  deployment: (scope: Scope, restApiId: string, id: string) =>
    scoped<DeploymentRecord>(scope, 'deployment', restApiId, id),
  stages: (scope: Scope, restApiId: string) => scoped<StageRecord>(scope, 'stage', restApiId),
  stage: (scope: Scope, restApiId: string, stageName: string) =>
    scoped<StageRecord>(scope, 'stage', restApiId, stageName),
  restApiOwners: (): TypedKey<RestApiOwnerRecord> => ['*', '*', 'restapi-owner'],
  restApiOwner: (id: string): TypedKey<RestApiOwnerRecord> => ['*', '*', 'restapi-owner', id],
} as const
