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
  DocumentationPartType,
  EndpointAccessMode,
  GatewayResponseType,
  SecurityPolicy,
} from '../../aws/models/apigateway-types.ts'
import type {
  GatewayResponseDefinition,
  IntegrationDefinition,
  MethodResponseDefinition,
  ModelDefinition,
  RequestValidatorDefinition,
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
  /**
   * Absent: the API is of a time when models were no records. It then has Empty and Error until one of
   * its models changes.
   */
  readonly modelsAreStored?: true
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

/** A model of an API, stored under its name. */
export interface ModelRecord extends ModelDefinition {
  readonly id: string
  readonly name: string
  readonly description?: string
}

export interface RequestValidatorRecord extends RequestValidatorDefinition {
  readonly id: string
}

/** What an API sets of one of its gateway responses; a member that it leaves out has AWS's own value. */
export interface GatewayResponseRecord extends GatewayResponseDefinition {
  readonly responseType: GatewayResponseType
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

/** A VPC link. Its status follows from its targets. */
export interface VpcLinkRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly targetArns: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
}

/** An API key, stored under its id. */
export interface ApiKeyRecord {
  readonly id: string
  /** What callers send: a secret, kept as it is. */
  readonly value: string
  readonly name?: string
  readonly description?: string
  readonly customerId?: string
  readonly enabled: boolean
  readonly createdDate: number
  readonly lastUpdatedDate: number
  /** `a1b2c3/prod`: what keys opened before there were usage plans. */
  readonly stageKeys: readonly string[]
  /** By the id of each usage plan it is in, the day on which it was added, UTC: `2026-11-22`. */
  readonly usagePlans: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
}

/** Holds a value, so that two keys never share it however they race; and a key in a list of a plan. */
export interface ApiKeyReference {
  readonly id: string
}

/** How many keys there are. Every key that comes or goes writes it. */
export interface ApiKeyCountRecord {
  readonly count: number
}

export interface UsagePlanRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly apiStages: readonly UsagePlanStageRecord[]
  readonly throttle?: ThrottleRecord
  readonly quota?: QuotaRecord
  readonly productCode?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface UsagePlanStageRecord {
  readonly apiId: string
  readonly stage: string
  /** By `/pets/{petId}/GET`. */
  readonly throttle?: Readonly<Record<string, ThrottleRecord>>
}

export interface ThrottleRecord {
  readonly burstLimit?: number
  readonly rateLimit?: number
}

export interface QuotaRecord {
  readonly limit: number
  readonly offset: number
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
  /** The day on which the plan got this period and offset, UTC: `2026-11-22`. */
  readonly sinceDay: string
}

/** A client certificate, stored under its id. */
export interface ClientCertificateRecord {
  readonly id: string
  readonly description?: string
  readonly createdDate: number
  readonly expirationDate: number
  /** PEM. */
  readonly certificatePem: string
  /** PEM, PKCS #8. A secret: it is answered to nobody and never logged. */
  readonly privateKeyPem: string
  readonly tags?: Readonly<Record<string, string>>
}

/** Which scope owns a client certificate: how a start finds them all. */
export interface ClientCertificateOwnerRecord {
  readonly account: string
  readonly region: string
}

/** Where a documentation part belongs, with its defaults filled in. */
export interface DocumentationLocation {
  readonly type: DocumentationPartType
  readonly path?: string
  readonly method?: string
  readonly statusCode?: string
  readonly name?: string
}

export interface DocumentationPartRecord {
  readonly id: string
  readonly location: DocumentationLocation
  /** JSON text. */
  readonly properties: string
}

/** Holds a location, so that two parts never share it however they race. */
export interface DocumentationPlaceRecord {
  readonly id: string
}

/** A snapshot of an API's documentation parts. */
export interface DocumentationVersionRecord {
  readonly version: string
  readonly createdDate: number
  readonly description?: string
  /** Of the blob that holds the parts as JSON, in the order of their ids. */
  readonly partsHash: string
}

/** Which scope owns an API id: ids are unique on a server, as a URL names nothing else. */
export interface RestApiOwnerRecord {
  readonly account: string
  readonly region: string
}

/** Which scope owns a VPC link: how a start finds them all. */
export interface VpcLinkOwnerRecord {
  readonly account: string
  readonly region: string
}

/** A scope that has, or had, API keys or usage plans: how a start finds them all. */
export interface UsageScopeRecord {
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
  models: (scope: Scope, restApiId: string) => scoped<ModelRecord>(scope, 'model', restApiId),
  model: (scope: Scope, restApiId: string, name: string) =>
    scoped<ModelRecord>(scope, 'model', restApiId, name),
  requestValidators: (scope: Scope, restApiId: string) =>
    scoped<RequestValidatorRecord>(scope, 'request-validator', restApiId),
  requestValidator: (scope: Scope, restApiId: string, id: string) =>
    scoped<RequestValidatorRecord>(scope, 'request-validator', restApiId, id),
  gatewayResponses: (scope: Scope, restApiId: string) =>
    scoped<GatewayResponseRecord>(scope, 'gateway-response', restApiId),
  gatewayResponse: (scope: Scope, restApiId: string, responseType: string) =>
    scoped<GatewayResponseRecord>(scope, 'gateway-response', restApiId, responseType),
  deployments: (scope: Scope, restApiId: string) =>
    scoped<DeploymentRecord>(scope, 'deployment', restApiId),
  deployment: (scope: Scope, restApiId: string, id: string) =>
    scoped<DeploymentRecord>(scope, 'deployment', restApiId, id),
  stages: (scope: Scope, restApiId: string) => scoped<StageRecord>(scope, 'stage', restApiId),
  stage: (scope: Scope, restApiId: string, stageName: string) =>
    scoped<StageRecord>(scope, 'stage', restApiId, stageName),
  documentationParts: (scope: Scope, restApiId: string) =>
    scoped<DocumentationPartRecord>(scope, 'documentation-part', restApiId),
  documentationPart: (scope: Scope, restApiId: string, id: string) =>
    scoped<DocumentationPartRecord>(scope, 'documentation-part', restApiId, id),
  documentationPlaces: (scope: Scope, restApiId: string) =>
    scoped<DocumentationPlaceRecord>(scope, 'documentation-place', restApiId),
  /** `place`: the location as text. */
  documentationPlace: (scope: Scope, restApiId: string, place: string) =>
    scoped<DocumentationPlaceRecord>(scope, 'documentation-place', restApiId, place),
  documentationVersions: (scope: Scope, restApiId: string) =>
    scoped<DocumentationVersionRecord>(scope, 'documentation-version', restApiId),
  documentationVersion: (scope: Scope, restApiId: string, version: string) =>
    scoped<DocumentationVersionRecord>(scope, 'documentation-version', restApiId, version),
  clientCertificates: (scope: Scope) =>
    scoped<ClientCertificateRecord>(scope, 'client-certificate'),
  clientCertificate: (scope: Scope, id: string) =>
    scoped<ClientCertificateRecord>(scope, 'client-certificate', id),
  clientCertificateOwners: (): TypedKey<ClientCertificateOwnerRecord> => [
    ...['*', '*', 'client-certificate-owner'],
  ],
  clientCertificateOwner: (id: string): TypedKey<ClientCertificateOwnerRecord> => [
    ...['*', '*', 'client-certificate-owner'],
    id,
  ],
  vpcLinks: (scope: Scope) => scoped<VpcLinkRecord>(scope, 'vpc-link'),
  vpcLink: (scope: Scope, id: string) => scoped<VpcLinkRecord>(scope, 'vpc-link', id),
  vpcLinkOwners: (): TypedKey<VpcLinkOwnerRecord> => ['*', '*', 'vpc-link-owner'],
  vpcLinkOwner: (id: string): TypedKey<VpcLinkOwnerRecord> => ['*', '*', 'vpc-link-owner', id],
  apiKeys: (scope: Scope) => scoped<ApiKeyRecord>(scope, 'api-key'),
  apiKey: (scope: Scope, id: string) => scoped<ApiKeyRecord>(scope, 'api-key', id),
  apiKeyValue: (scope: Scope, value: string) =>
    scoped<ApiKeyReference>(scope, 'api-key-value', value),
  apiKeyCount: (scope: Scope) => scoped<ApiKeyCountRecord>(scope, 'api-key-count'),
  usagePlans: (scope: Scope) => scoped<UsagePlanRecord>(scope, 'usage-plan'),
  usagePlan: (scope: Scope, id: string) => scoped<UsagePlanRecord>(scope, 'usage-plan', id),
  usagePlanKeys: (scope: Scope, usagePlanId: string) =>
    scoped<ApiKeyReference>(scope, 'usage-plan-key', usagePlanId),
  usagePlanKey: (scope: Scope, usagePlanId: string, apiKeyId: string) =>
    scoped<ApiKeyReference>(scope, 'usage-plan-key', usagePlanId, apiKeyId),
  /** Written by every change of which keys and which stages are in which plans, so that two conflict. */
  usagePlanMembers: (scope: Scope) => scoped<object>(scope, 'usage-plan-members'),
  usageScopes: (): TypedKey<UsageScopeRecord> => ['*', '*', 'usage-scope'],
  usageScope: ({ account, region }: Scope): TypedKey<UsageScopeRecord> => [
    ...['*', '*', 'usage-scope'],
    account,
    region,
  ],
  restApiOwners: (): TypedKey<RestApiOwnerRecord> => ['*', '*', 'restapi-owner'],
  restApiOwner: (id: string): TypedKey<RestApiOwnerRecord> => ['*', '*', 'restapi-owner', id],
} as const
