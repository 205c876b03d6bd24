import type { MethodKey, ResourceId, RestApiId } from '../aws/identifiers.ts'

/**
 * What CreateDeployment freezes: everything of an API that a deployment captures and nothing that a
 * stage adds. Plain JSON in AWS's own member names, stored once under the hash of its encoded form
 * (see `definition-codec.ts`), so that two deployments of an unchanged API share one definition.
 *
 * Neither ids of deployments nor dates are part of it: equal APIs must encode equally.
 */
export interface ApiDefinition {
  readonly format: 1
  readonly restApiId: RestApiId
  readonly name: string
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER'
  readonly binaryMediaTypes: readonly string[]
  /** Bytes; absent: responses are not compressed. */
  readonly minimumCompressionSize?: number
  readonly disableExecuteApiEndpoint: boolean
  readonly endpointTypes: readonly string[]
  /** The resource policy as JSON text; absent: none. */
  readonly policy?: string
  readonly gatewayResponses: Readonly<Record<string, GatewayResponseDefinition>>
  readonly models: Readonly<Record<string, ModelDefinition>>
  readonly requestValidators: Readonly<Record<string, RequestValidatorDefinition>>
  readonly authorizers: Readonly<Record<string, AuthorizerDefinition>>
  /** In code-unit order of `path`; each path once. Includes resources without methods. */
  readonly resources: readonly ResourceDefinition[]
}

export interface GatewayResponseDefinition {
  readonly statusCode?: string
  readonly responseParameters?: Readonly<Record<string, string>>
  readonly responseTemplates?: Readonly<Record<string, string>>
}

export interface ModelDefinition {
  readonly contentType: string
  readonly schema: string
}

export interface RequestValidatorDefinition {
  readonly name: string
  readonly validateRequestBody: boolean
  readonly validateRequestParameters: boolean
}

export interface AuthorizerDefinition {
  readonly name: string
  readonly type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS'
  readonly authorizerUri?: string
  readonly authorizerCredentials?: string
  readonly providerARNs?: readonly string[]
  readonly identitySource?: string
  readonly identityValidationExpression?: string
  readonly authorizerResultTtlInSeconds?: number
}

export interface ResourceDefinition {
  readonly resourceId: ResourceId
  /** Template of the path: `/`, `/pets/{petId}`, `/files/{proxy+}`. */
  readonly path: string
  readonly methods: { readonly [Key in MethodKey]?: MethodDefinition }
}

export interface MethodDefinition {
  readonly authorizationType: string
  readonly authorizerId?: string
  readonly authorizationScopes?: readonly string[]
  readonly apiKeyRequired: boolean
  readonly operationName?: string
  readonly requestValidatorId?: string
  /** `method.request.{header|path|querystring}.NAME` → required. */
  readonly requestParameters?: Readonly<Record<string, boolean>>
  /** Media type → model name. */
  readonly requestModels?: Readonly<Record<string, string>>
  /** Status → what a response of that status may carry. */
  readonly methodResponses: Readonly<Record<string, MethodResponseDefinition>>
  readonly integration: IntegrationDefinition
}

export interface MethodResponseDefinition {
  readonly responseParameters?: Readonly<Record<string, boolean>>
  readonly responseModels?: Readonly<Record<string, string>>
}

/** The types an integration may have, as AWS spells them. */
export type IntegrationType = 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK'

export type PassthroughBehavior = 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER'
export type ContentHandling = 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT'

/** Exactly the members of AWS's Integration. Absent: not set. */
export interface IntegrationDefinition {
  readonly type: IntegrationType
  readonly httpMethod?: string
  /** May hold `${stageVariables.name}` and `{name}` placeholders. Absent for MOCK. */
  readonly uri?: string
  readonly connectionType?: 'INTERNET' | 'VPC_LINK'
  readonly connectionId?: string
  readonly integrationTarget?: string
  readonly credentials?: string
  /** `integration.request.{header|path|querystring}.NAME` → mapping expression. */
  readonly requestParameters?: Readonly<Record<string, string>>
  /** Media type → template. */
  readonly requestTemplates?: Readonly<Record<string, string | null>>
  readonly passthroughBehavior: PassthroughBehavior
  readonly contentHandling?: ContentHandling
  /** 50 to 29,000 ms (more for STREAM). */
  readonly timeoutInMillis: number
  readonly cacheNamespace?: string
  readonly cacheKeyParameters?: readonly string[]
  readonly tlsConfig?: { readonly insecureSkipVerification?: boolean }
  readonly responseTransferMode?: 'BUFFERED' | 'STREAM'
  /** Status of the method response → integration response. */
  readonly integrationResponses: Readonly<Record<string, IntegrationResponseDefinition>>
}

export interface IntegrationResponseDefinition {
  /** Java regular expression over the whole selector text; absent or empty: the default response. */
  readonly selectionPattern?: string
  /** `method.response.header.NAME` → mapping expression. */
  readonly responseParameters?: Readonly<Record<string, string>>
  /** Media type → template; null passes the body through. */
  readonly responseTemplates?: Readonly<Record<string, string | null>>
  readonly contentHandling?: ContentHandling
}
