import type { Scope } from '../../aws/identifiers.ts'
import { listEntriesMax, managementJsonMembersMax } from '../../aws/limits.ts'
import { ServiceError } from '../../aws/service-error.ts'

/**
 * Every refusal that the definition operations of API Gateway answer, in AWS's words.
 *
 * `Observed` texts were recorded from AWS; their golden cases are in `test/cases/management/`. A text
 * marked `Chosen` follows the nearest recorded one, because AWS's own is not known:
 * docs/decisions/0008-definitions-where-aws-is-silent.md.
 */

/** 400: what the caller sent cannot be. */
export function badRequest(message: string): ServiceError {
  return new ServiceError('BadRequestException', 400, message)
}

/** 401: the caller may not do it. */
export function unauthorized(message: string): ServiceError {
  return new ServiceError('UnauthorizedException', 401, message)
}

/** 404: what the caller named is not there. */
export function notFound(message: string): ServiceError {
  return new ServiceError('NotFoundException', 404, message)
}

/** 409: the name is taken, or another change came between. */
export function conflict(message: string): ServiceError {
  return new ServiceError('ConflictException', 409, message)
}

/** 429: a quota of objects is used up. */
export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', 429, message)
}

/**
 * AWS's sentence about a used-up quota: `objects` as AWS names them (`Resources`), `owner` as in
 * `this API`.
 *
 * Observed: https://github.com/hashicorp/terraform-provider-aws/issues/37605 (two blanks are AWS's).
 */
export function quotaUsedUp(objects: string, owner: string): string {
  return (
    `Maximum number of ${objects} for ${owner} has been reached.  ` +
    `Please contact AWS if you need additional ${objects}.`
  )
}

/** What AWS's validator of mapping expressions found, in its own frame. Observed: management/put-integration-mapping-* */
function validationResult(errors: readonly string[]): string {
  return `Validation Result: warnings : [], errors : [${errors.join(', ')}]`
}

/** AWS's verbs in the order in which its refusals print them. */
const verbs = 'GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY'

const invalidMapping = (errors: readonly string[]): ServiceError =>
  badRequest(`Invalid mapping expression specified: ${validationResult(errors)}`)

/** Refusals by what is wrong. */
export const refusals = {
  /** Observed. The account is part of the text. */
  apiNotFound: ({ account }: Scope, restApiId: string) =>
    notFound(`Invalid API identifier specified ${account}:${restApiId}`),
  /** Observed. Also for an unknown API, wherever a resource is named. */
  resourceNotFound: () => notFound('Invalid Resource identifier specified'),
  /** Observed. */
  methodNotFound: () => notFound('Invalid Method identifier specified'),
  /** Observed. */
  integrationNotFound: () => notFound('Invalid Integration identifier specified'),
  /** Observed. For method responses and integration responses alike. */
  statusCodeNotFound: () => notFound('Invalid Response status code specified'),
  /** Observed. */
  stageNotFound: () => notFound('Invalid stage identifier specified'),

  /** Observed. */
  emptyDescription: () => badRequest('Description cannot be an empty string'),
  /** Chosen. */
  emptyName: () => badRequest('Name cannot be empty'),
  /** Observed. */
  noEndpointType: () =>
    badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.'),
  /** Observed. */
  manyEndpointTypes: () => badRequest('Cannot create an api with multiple Endpoint Types.'),
  /** Observed. */
  privateNeedsDualstack: () =>
    badRequest('Only dualstack ipAddressType is supported for Private APIs.'),
  /** Observed. */
  vpcEndpointsNeedPrivate: () =>
    badRequest('VPCEndpoints can only be specified with PRIVATE apis.'),
  /** Observed. */
  compressionSize: () =>
    badRequest('Invalid minimum compression size, must be between 0 and 10485760'),
  /** Observed. */
  endpointTypeWord: () =>
    badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE'),
  /** Observed. */
  endpointTypeOperation: () =>
    badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'"),
  /** Observed. */
  ipAddressType: () => badRequest('ipAddressType must be either ipv4 or dualstack.'),
  /** Chosen. */
  vpcEndpointId: () => badRequest('Invalid VPC endpoint ID specified'),
  /** Chosen. */
  apiKeySource: () =>
    badRequest('Invalid ApiKeySource specified. Valid options are HEADER,AUTHORIZER'),
  /** Chosen. */
  securityPolicy: (value: string) => badRequest(`Invalid security policy specified: ${value}`),
  /** Chosen. */
  endpointAccessMode: () =>
    badRequest('Invalid EndpointAccessMode specified. Valid options are BASIC,STRICT'),
  /** Chosen. */
  binaryMediaType: () => badRequest('Invalid binary media type specified'),
  /** Chosen: docs/decisions/0013-updates-where-aws-is-silent.md */
  longList: () => badRequest(`A list cannot have more than ${listEntriesMax} entries`),
  /** Chosen: docs/decisions/0013-updates-where-aws-is-silent.md */
  largeMap: () => badRequest(`A map cannot have more than ${managementJsonMembersMax} entries`),
  /** Observed. */
  policyDocument: () =>
    badRequest(
      'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
    ),
  /** Chosen. */
  policySize: (bytesMax: number) =>
    badRequest(`Invalid policy document. It exceeds the maximum size of ${bytesMax} bytes.`),
  /** Chosen: docs/decisions/0007-custom-api-ids.md. */
  customId: (id: string) =>
    badRequest(
      `Invalid _custom_id_ tag value: ${id}. ` +
        'Please use 1 to 63 lower-case letters, digits and inner hyphens.',
    ),
  /** Chosen: docs/decisions/0007-custom-api-ids.md. */
  customIdTaken: (id: string) => conflict(`Another REST API already has this id: ${id}`),
  /** Chosen. */
  tooManyApis: () => limitExceeded(quotaUsedUp('APIs', 'this account')),

  /** Observed. */
  pathPart: () =>
    badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable " +
        'and curly braces at the beginning and the end.',
    ),
  /** Observed. */
  pathPartTaken: (pathPart: string) =>
    conflict(`Another resource with the same parent already has this name: ${pathPart}`),
  /** Observed. */
  variableSibling: (sibling: string) =>
    badRequest(
      `A sibling (${sibling}) of this resource already has a variable path part ` +
        '-- only one is allowed',
    ),
  /** Observed. */
  childOfGreedy: (pathPart: string) =>
    badRequest(`Cannot create a child of a resource with a greedy path variable: ${pathPart}`),
  /** Observed. */
  rootUpdate: (member: 'parentId' | 'pathPart') =>
    badRequest(`Root resource cannot update its ${member}.`),
  /** Observed. */
  cyclicalResources: () => badRequest('Resources cannot be cyclical.'),
  /** Observed. */
  rootDeletion: () => badRequest('Root resource cannot be deleted'),
  /** Observed. */
  tooManyResources: () => limitExceeded(quotaUsedUp('Resources', 'this API')),

  /** Observed. */
  httpMethod: () => badRequest(`Invalid HttpMethod specified. Valid options are ${verbs}`),
  /** Observed. */
  methodExists: () => conflict('Method already exists for this resource'),
  /** Chosen. */
  authorizationType: () =>
    badRequest(
      'Invalid AuthorizationType specified. ' +
        'Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS',
    ),
  /** Observed. */
  authorizer: () =>
    badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or ' +
        'COGNITO_USER_POOLS requires a valid authorizer.',
    ),
  /** Observed. */
  authorizationScopes: () =>
    badRequest('Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type'),
  /** Observed. Also for an unknown API. */
  requestValidatorNotFound: () => notFound('Invalid Request Validator identifier specified'),
  /** Observed. A request validator of an API that is not there. */
  restApiOfValidator: () => badRequest('Invalid REST API identifier specified'),
  /** Observed. */
  requestValidatorName: () => badRequest('Request Validator name cannot be blank'),
  /** Chosen. */
  requestValidatorInUse: (name: string, method: string) =>
    conflict(`Cannot delete request validator '${name}', is referenced in method: ${method}`),
  /** Observed. What a method names; `requestValidatorNotFound` is what a call is about. */
  requestValidator: () => badRequest('Invalid Request Validator identifier specified'),
  /** Observed. */
  model: (name: string) => badRequest(`Invalid model identifier specified: ${name}`),
  /** Observed. Also for an unknown API. */
  modelNotFound: (name: string) => notFound(`Invalid model name specified: ${name}`),
  /** Observed. */
  modelNameEmpty: () => badRequest('Model name must be non-empty'),
  /** Observed. */
  modelName: (name: string) => badRequest(`Model name must be alphanumeric: ${name}`),
  /** Observed. */
  modelExists: () => conflict('Model name already exists for this REST API'),
  /** Observed. Of a schema that is absent or empty. */
  modelSchemaEmpty: () =>
    badRequest('Model schema must have at least 1 property or array items defined'),
  /** Observed. `unsupported`: keywords that draft-04 does not have. */
  modelSchema: (unsupported: readonly string[]) =>
    badRequest(
      `Invalid model specified: ${validationResult([
        unsupported.length === 0
          ? 'Invalid model schema specified'
          : `Invalid model schema specified. Unsupported keyword(s): ${JSON.stringify(unsupported)}`,
      ])}`,
    ),
  /** Chosen. */
  modelReference: (reference: string) =>
    badRequest(
      `Invalid model specified: ${validationResult([`Invalid model reference specified: ${reference}`])}`,
    ),
  /** Chosen. */
  modelSize: () => badRequest('Model schema exceeds the maximum size of 400 KB'),
  /** Observed. */
  gatewayResponseNotSet: () => notFound('Gateway response type not defined on api'),
  /** Observed. `place`: `method request: /pets/GET`. */
  modelInUse: (name: string, place: string) =>
    conflict(`Cannot delete model '${name}', is referenced in ${place}`),
  /** Observed. */
  parameterNames: () =>
    badRequest('Parameter names must be unique across querystring, header and path'),
  /** Observed. */
  responseExists: () => conflict('Response already exists for this resource'),

  /** Observed. `expressions`: those that do not follow the grammar. */
  mappingExpressions: (expressions: readonly string[]) =>
    invalidMapping(expressions.map((text) => `Invalid mapping expression specified: ${text}`)),
  /** Observed. `problems`: sentences of AWS's validator. */
  mappingProblems: invalidMapping,
  /** Observed. */
  contentTypes: (types: readonly string[]) =>
    badRequest(validationResult(types.map((type) => `Invalid content type specified: ${type}`))),
  /** Chosen. */
  templateSize: (contentType: string) =>
    badRequest(
      validationResult([`Template for ${contentType} exceeds the maximum size of 300 KB`]),
    ),

  /** Observed. */
  integrationHttpMethod: () => badRequest('Enumeration value for HttpMethod must be non-empty'),
  /** Observed. */
  httpEndpoint: () => badRequest('Invalid HTTP endpoint specified for URI'),
  /** Observed. */
  arn: () => badRequest('Invalid ARN specified in the request'),
  /** Observed. */
  integrationArn: () => badRequest('AWS ARN for integration must contain path or action'),
  /** Observed: https://github.com/hashicorp/terraform-provider-aws/issues/7916 */
  roleMissing: () => badRequest('Role ARN must be specified for AWS integrations'),
  /** Observed. */
  functionArn: () => badRequest('Invalid function ARN or invalid uri'),
  /** Observed. */
  awsProxyTarget: () =>
    badRequest(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function " +
        'and Firehose stream invocations.',
    ),
  /** Observed for 29000 ms. */
  timeout: (timeoutMsMax: number) =>
    badRequest(`Timeout should be between 50 ms and ${timeoutMsMax} ms`),
  /** Chosen. */
  passthroughBehavior: () =>
    badRequest(
      'Invalid PassthroughBehavior specified. ' +
        'Valid options are WHEN_NO_MATCH,WHEN_NO_TEMPLATES,NEVER',
    ),
  /** Observed. */
  cacheKeyParameter: () => badRequest('Invalid cache key parameter specified'),
  /** Observed. */
  connectionIdMissing: () =>
    badRequest(
      'ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK',
    ),
  /** Chosen. */
  vpcLink: () => badRequest('Invalid Vpc Link identifier specified'),
  /** Chosen. */
  connectionMember: (member: string) =>
    badRequest(`${member} can only be set on connection type VPC_LINK`),
  /** Chosen. */
  connectionTypeWord: () =>
    badRequest('Invalid ConnectionType specified. Valid options are INTERNET,VPC_LINK'),
  /** Chosen. */
  contentHandling: () =>
    badRequest(
      'Invalid ContentHandling specified. Valid options are CONVERT_TO_BINARY,CONVERT_TO_TEXT',
    ),
  /** Chosen. */
  responseTransferModeWord: () =>
    badRequest('Invalid ResponseTransferMode specified. Valid options are BUFFERED,STREAM'),
  /** Chosen. */
  connectionType: () =>
    badRequest('Connection type VPC_LINK is only supported for types HTTP and HTTP_PROXY'),
  /** Chosen. */
  responseTransferMode: () =>
    badRequest(
      'Response transfer mode STREAM is only supported for types HTTP_PROXY and AWS_PROXY',
    ),
  /** Observed. */
  streamedCall: () =>
    badRequest(
      'Invalid ResponseTransferMode. ResponseTransferMode STREAM is only supported for Lambda functions invoked by InvokeWithResponseStream for AWS_PROXY integrations.',
    ),
  /** Observed. */
  selectionPattern: () => badRequest('Invalid regex pattern specified'),

  /** Chosen. */
  position: () => badRequest('Invalid position parameter specified'),
  /** Observed. */
  reservedTagKey: () =>
    badRequest("Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)"),
  /** Chosen. */
  tagKey: (key: string) =>
    badRequest(
      `Invalid tag key: ${key}. Tag keys are 1 to 128 letters, digits, blanks and + - = . _ : / @`,
    ),
  /** Chosen. */
  tagValue: (value: string) =>
    badRequest(
      `Invalid tag value: ${value}. ` +
        'Tag values are at most 256 letters, digits, blanks and + - = . _ : / @',
    ),
  /** Chosen. */
  tooManyTags: () => limitExceeded(quotaUsedUp('Tags', 'this resource')),
} as const
