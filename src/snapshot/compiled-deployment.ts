import type { DefinitionHash, MethodKey, ResourceId, RestApiId } from '../aws/identifiers.ts'
import type { CompiledBodyValidator } from '../engines/body-validator/body-validator.ts'
import type { FunctionUri } from '../engines/function-uri.ts'
import type { GatewayResponseTemplate } from '../engines/gateway-response-template.ts'
import type { MediaRanges } from '../engines/media-ranges.ts'
import type { MappingExpression, MappingTarget } from '../engines/parameter-mapping.ts'
import type { ResourceRouter } from '../engines/resource-router.ts'
import type { SelectionPattern } from '../engines/selection-pattern.ts'
import type { ServiceUri } from '../engines/service-uri.ts'
import type { UriTemplate } from '../engines/uri-template.ts'
import type { MappingTemplate } from '../engines/vtl/index.ts'
import type { ContentHandling, PassthroughBehavior } from './definition.ts'

/**
 * A definition made ready to run: frozen, shared by every stage and canary that refers to it, without
 * anything of a stage in it. Nothing in here is parsed again.
 */
export interface CompiledDeployment {
  readonly definitionHash: DefinitionHash
  readonly restApiId: RestApiId
  readonly apiName: string
  readonly router: ResourceRouter<CompiledMethod>
  readonly gatewayResponses: CompiledGatewayResponses
  readonly disableExecuteApiEndpoint: boolean
  /** Bytes from which on an answer may be compressed; undefined: none is. */
  readonly minimumCompressionSize: number | undefined
  /**
   * Settings of the whole API that restrict callers and are not enforced yet, by name. Not empty: every
   * method answers as if the check had failed.
   */
  readonly closedBy: readonly ClosedSetting[]
}

/** By response type; a type that the API does not set is absent. */
export type CompiledGatewayResponses = ReadonlyMap<string, CompiledGatewayResponse>

/** What an API sets of one of its gateway responses. */
export interface CompiledGatewayResponse {
  /** Undefined: the type's own. */
  readonly status: number | undefined
  readonly headers: readonly ResponseParameterMapping[]
  /** Media type in lower case → template, in their order. Empty: the type's own body. */
  readonly templates: ReadonlyMap<string, GatewayResponseTemplate>
}

/** A restriction that is stored and not enforced yet, and how a request ends because of it. */
export interface ClosedSetting {
  /** `apiKeyRequired`, `authorizationType=AWS_IAM`, `policy`, `requestValidatorId` … */
  readonly setting: string
  /** Key of the gateway-error catalogue that a failed check ends in. */
  readonly failsAs:
    | 'INVALID_API_KEY'
    | 'MISSING_AUTHENTICATION_TOKEN'
    | 'UNAUTHORIZED'
    | 'ACCESS_DENIED'
    | 'BAD_REQUEST_PARAMETERS'
    | 'BAD_REQUEST_BODY'
    | 'FORBIDDEN'
    | 'WAF_FILTERED'
}

export interface CompiledMethod {
  readonly resourceId: ResourceId
  readonly resourcePath: string
  /** As declared: ANY stays ANY. */
  readonly methodKey: MethodKey
  readonly operationName: string | undefined
  /** Where the API key is that a request must have; undefined: none is required. */
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER' | undefined
  readonly closedBy: readonly ClosedSetting[]
  /** Undefined: nothing of the request is validated. */
  readonly validation: CompiledValidation | undefined
  readonly integration: CompiledIntegration
  /** Undefined: no stage's cache keeps its answers. */
  readonly cacheKey: CompiledCacheKey | undefined
}

/** What tells the entries of a method apart in the cache of its stage. */
export interface CompiledCacheKey {
  /** Methods with one namespace share their entries. */
  readonly namespace: string
  /** In the order in which they are declared. */
  readonly parameters: readonly (readonly CacheKeyPart[])[]
  readonly readsBody: boolean
  /** Where they are, content becomes what the client accepts. */
  readonly binaryMediaTypes: MediaRanges | undefined
  /** Of each the client's Accept chooses one. */
  readonly templateChoices: readonly CompiledTemplates[]
}

/** Where a part of a cache key comes from: the client, or a mapping of the integration request. */
export type CacheKeyPart =
  | { readonly from: 'path' | 'querystring'; readonly name: string }
  /** As the client wrote it: the endpoint is sent the query as it is. */
  | { readonly from: 'written-querystring'; readonly name: string }
  /** In lower case. */
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'mapping'; readonly source: MappingExpression }

/** What a request validator looks at. */
export interface CompiledValidation {
  /** In the order in which a refusal names them. */
  readonly requiredParameters: readonly RequiredParameter[]
  /** Media type in lower case, `$default` for every other → what its bodies must fit. Empty: nothing. */
  readonly bodyModels: ReadonlyMap<string, CompiledBodyModel>
}

/** A model that bodies must fit; one whose schema cannot be run lets nobody in. */
export interface CompiledBodyModel {
  readonly modelName: string
  readonly compiled: CompiledBodyValidator
}

/** A parameter that a request must have. The name of a header has a case, too. */
export interface RequiredParameter {
  readonly location: 'header' | 'path' | 'querystring'
  readonly name: string
}

export type CompiledIntegration =
  | CompiledMockIntegration
  | CompiledHttpProxyIntegration
  | CompiledHttpIntegration
  | CompiledFunctionProxyIntegration
  | CompiledFunctionIntegration
  | CompiledServiceIntegration
  | NotRunIntegration

/** A type, or a member of it, that this version stores and cannot run: its methods answer 500. */
export interface NotRunIntegration {
  readonly type: 'not-run'
  readonly declaredType: string
  readonly reason: string
}

export interface CompiledMockIntegration extends CompiledContent {
  readonly type: 'MOCK'
}

/** What an integration that is no proxy makes of content, on the way there and back. */
export interface CompiledContent {
  readonly requestTemplates: TemplateChoice
  /** Of the request; undefined: as its type says. */
  readonly contentHandling: ContentHandling | undefined
  readonly responses: IntegrationResponseChoice
  /** The API's; undefined: all content is text. */
  readonly binaryMediaTypes: MediaRanges | undefined
}

export interface CompiledHttpProxyIntegration extends CompiledHttpCall {
  readonly type: 'HTTP_PROXY'
  /** `responseTransferMode` STREAM: as much as comes, within the time of the whole. Undefined: BUFFERED. */
  readonly stream: CompiledStream | undefined
  /** Of the request; undefined: as its type says. */
  readonly contentHandling: ContentHandling | undefined
  /** The API's; undefined: content passes as it is. */
  readonly binaryMediaTypes: MediaRanges | undefined
}

/** The bounds of a streamed response. */
export interface CompiledStream {
  /** How long it may stand still, in milliseconds. */
  readonly idleMs: number
}

export interface CompiledHttpIntegration extends CompiledHttpCall, CompiledContent {
  readonly type: 'HTTP'
}

export interface CompiledHttpCall {
  /** ANY: the method of the client. */
  readonly httpMethod: MethodKey
  readonly uri: UriTemplate
  readonly requestParameters: readonly RequestParameterMapping[]
  readonly timeoutMs: number
  readonly insecureSkipVerification: boolean
  /** Undefined: the URI's host is connected to. */
  readonly vpcLink: CompiledVpcLink | undefined
}

/** AWS_PROXY: the request as an event, the answer as the function says it. */
export interface CompiledFunctionProxyIntegration extends CompiledFunctionCall {
  readonly type: 'AWS_PROXY'
  /** `responseTransferMode` STREAM: the answer is given piece by piece. Undefined: BUFFERED. */
  readonly stream: CompiledStream | undefined
  /** The types whose content is base64 in events and answers; undefined: none. */
  readonly binaryMediaTypes: MediaRanges | undefined
}

/** AWS with a function: the event is a template's text or the body, the answer is mapped. */
export interface CompiledFunctionIntegration extends CompiledFunctionCall, CompiledContent {
  readonly type: 'AWS'
}

export interface CompiledFunctionCall {
  /** ANY: the method of the client. Lambda takes POST alone, which shows when a request comes. */
  readonly httpMethod: MethodKey
  /** The ARN of a role that invokes, perhaps with stage variables; undefined: API Gateway invokes. */
  readonly credentials: UriTemplate | undefined
  readonly uri: FunctionUri
  readonly requestParameters: readonly RequestParameterMapping[]
  readonly timeoutMs: number
}

/** AWS with another service, or another call of Lambda: a signed request, the answer is mapped. */
export interface CompiledServiceIntegration extends CompiledServiceCall, CompiledContent {
  readonly type: 'AWS-service'
}

export interface CompiledServiceCall {
  /** ANY: the method of the client. */
  readonly httpMethod: MethodKey
  readonly uri: ServiceUri
  readonly requestParameters: readonly RequestParameterMapping[]
  readonly timeoutMs: number
  /** The ARN of a role, perhaps with stage variables. */
  readonly credentials: UriTemplate
}

/** How a private integration names its VPC link, and what is reached through it. */
export interface CompiledVpcLink {
  readonly id:
    | { readonly from: 'literal'; readonly vpcLinkId: string }
    | { readonly from: 'stage-variable'; readonly name: string }
  /** ARN; undefined: the target of the link. */
  readonly integrationTarget: string | undefined
}

export interface RequestParameterMapping {
  readonly target: MappingTarget
  readonly source: MappingExpression
}

export interface TemplateChoice {
  readonly passthroughBehavior: PassthroughBehavior
  readonly templates: CompiledTemplates
}

/** Media type in lower case (`$default` too) → template, in the order AWS reads them; null passes the body through. */
export type CompiledTemplates = ReadonlyMap<string, CompiledTemplate | null>

/** A mapping template: a text that is always the same, or one that is rendered for each request. */
export type CompiledTemplate =
  | {
      readonly kind: 'constant'
      readonly text: string
      /** The status that the text names to a MOCK integration; undefined: none. */
      readonly statusCode: number | undefined
    }
  | {
      readonly kind: 'rendered'
      readonly template: MappingTemplate
      /** False: it cannot ask for the body. */
      readonly readsBody: boolean
    }

export interface IntegrationResponseChoice {
  /** Those with a pattern, in order of status. The first that matches is taken. */
  readonly patterned: readonly CompiledIntegrationResponse[]
  readonly fallback: CompiledIntegrationResponse | undefined
}

export interface CompiledIntegrationResponse {
  readonly status: number
  readonly pattern: SelectionPattern | undefined
  readonly responseParameters: readonly ResponseParameterMapping[]
  /** Empty: the body passes through. */
  readonly templates: CompiledTemplates
  /** Undefined: as the types of the content and of what the client accepts say. */
  readonly contentHandling: ContentHandling | undefined
}

export interface ResponseParameterMapping {
  /** Name of the header, as written. */
  readonly header: string
  readonly source: MappingExpression
}
