import { defaultQuotas } from '../../aws/limits.ts'
import { findIntegrationService } from '../../engines/function-uri.ts'
import type {
  ApiDefinition,
  IntegrationDefinition,
  MethodDefinition,
} from '../../snapshot/definition.ts'
import { isServiceCall } from '../../snapshot/compile-service-call.ts'
import type { MethodSetting } from '../../snapshot/stage-declaration.ts'
import type { RestApiRecord, StageRecord } from './records.ts'

/**
 * What becomes of each setting of an API and a stage: one table for the warnings at a write, the warnings
 * at start, and docs/compatibility.md.
 */

/**
 * `enforced`: requests are served by it. `stored`: kept exactly and answered, without any effect yet.
 * `closes`: it restricts callers and is not checked yet, so its methods answer as if the check had
 * failed. `not-run`: its methods answer 500.
 */
export type SettingStatus = 'enforced' | 'stored' | 'closes' | 'not-run'

export type SettingPlace = 'stage' | 'method settings' | 'API' | 'method' | 'integration'

/** A setting of a `Subject`, and whether one uses it. */
export interface SettingRow<Subject> {
  readonly where: SettingPlace
  /** In AWS's spelling. */
  readonly setting: string
  readonly status: SettingStatus
  /** For the reader of the table: what happens, in one sentence. */
  readonly note: string
  isUsed(subject: Subject): boolean
}

/** Settings of a stage itself. */
export const stageSettings: readonly SettingRow<StageRecord>[] = [
  {
    where: 'stage',
    setting: 'deploymentId',
    status: 'enforced',
    note: 'A change acts on the next request.',
    isUsed: () => true,
  },
  {
    where: 'stage',
    setting: 'variables',
    status: 'enforced',
    note: 'A change acts on the next request and compiles nothing.',
    isUsed: ({ variables }) => variables !== undefined,
  },
  {
    where: 'stage',
    setting: 'canarySettings',
    status: 'enforced',
    note: 'Requests are split by percentTraffic, variables are overridden.',
    isUsed: ({ canarySettings }) => canarySettings !== undefined,
  },
  {
    where: 'stage',
    setting: 'canarySettings.useStageCache',
    status: 'enforced',
    note: 'A canary has entries of its own unless it shares those of the same deployment.',
    isUsed: ({ canarySettings }) => canarySettings?.useStageCache === true,
  },
  {
    where: 'stage',
    setting: 'description, tags',
    status: 'enforced',
    note: 'They have no effect on requests.',
    isUsed: ({ description, tags }) => description !== undefined || tags !== undefined,
  },
  {
    where: 'stage',
    setting: 'documentationVersion',
    status: 'enforced',
    note: 'It has no effect on requests.',
    isUsed: ({ documentationVersion }) => documentationVersion !== undefined,
  },
  {
    where: 'stage',
    setting: 'cacheClusterEnabled, cacheClusterSize',
    status: 'enforced',
    note: 'The size bounds what is kept; in memory all caches stay within --cache-memory. AVAILABLE at once.',
    isUsed: ({ cacheClusterEnabled }) => cacheClusterEnabled,
  },
  {
    where: 'stage',
    setting: 'clientCertificateId',
    status: 'enforced',
    note: 'HTTPS backends of HTTP and HTTP_PROXY integrations are shown it; a change acts on the next request.',
    isUsed: ({ clientCertificateId }) => clientCertificateId !== undefined,
  },
  {
    where: 'stage',
    setting: 'accessLogSettings',
    status: 'stored',
    note: 'Nothing is logged. A log group is refused while the account has no role, as on AWS.',
    isUsed: ({ accessLogSettings }) => accessLogSettings !== undefined,
  },
  {
    where: 'stage',
    setting: 'tracingEnabled',
    status: 'stored',
    note: 'No segments are sent to X-Ray.',
    isUsed: ({ tracingEnabled }) => tracingEnabled,
  },
  {
    where: 'stage',
    setting: 'webAclArn',
    status: 'closes',
    note: 'No operation sets it yet.',
    isUsed: ({ webAclArn }) => webAclArn !== undefined,
  },
]

/** Settings of a stage's methods. */
export const methodSettings: readonly SettingRow<MethodSetting>[] = [
  {
    where: 'method settings',
    setting: 'metricsEnabled',
    status: 'stored',
    note: 'No metrics by method.',
    isUsed: ({ metricsEnabled }) => metricsEnabled,
  },
  {
    where: 'method settings',
    setting: 'loggingLevel, dataTraceEnabled',
    status: 'stored',
    note: 'No execution logs. Refused while the account has no role, as on AWS.',
    isUsed: ({ loggingLevel = 'OFF', dataTraceEnabled }) =>
      loggingLevel !== 'OFF' || dataTraceEnabled,
  },
  {
    where: 'method settings',
    setting: 'throttlingBurstLimit, throttlingRateLimit',
    status: 'enforced',
    note: 'Each method has a bucket of its own, an ANY method one for each verb. -1: no limit here.',
    // An entry that never had a limit set carries the account's.
    isUsed: ({ throttlingBurstLimit, throttlingRateLimit }) =>
      ![-1, defaultQuotas.accountThrottleBurst].includes(throttlingBurstLimit) ||
      ![-1, defaultQuotas.accountThrottleRate].includes(throttlingRateLimit),
  },
  {
    where: 'method settings',
    setting:
      'cachingEnabled, cacheTtlInSeconds, cacheDataEncrypted, requireAuthorizationForCacheControl, ' +
      'unauthorizedCacheControlHeaderStrategy',
    status: 'enforced',
    note: 'Nobody is authorized to invalidate until callers can be: IAM is not built.',
    isUsed: ({ cachingEnabled }) => cachingEnabled,
  },
]

/** Of an API, what its settings are found in: it is part of a definition. */
export type ApiSettings = Pick<
  ApiDefinition,
  'policy' | 'disableExecuteApiEndpoint' | 'endpointTypes' | 'binaryMediaTypes' | 'apiKeySource'
> &
  /** Settings of the endpoint: no part of a definition. */
  Pick<RestApiRecord, 'securityPolicy' | 'endpointAccessMode'>

/** Settings of a whole API that a deployment freezes. */
export const apiSettings: readonly SettingRow<ApiSettings>[] = [
  {
    where: 'API',
    setting: 'policy',
    status: 'closes',
    note: 'Every method answers 403: resource policies are not evaluated yet.',
    isUsed: ({ policy }) => policy !== undefined,
  },
  {
    where: 'API',
    setting: 'disableExecuteApiEndpoint',
    status: 'enforced',
    note: 'The API answers 403 everywhere, as there are no custom domain names yet.',
    isUsed: ({ disableExecuteApiEndpoint }) => disableExecuteApiEndpoint,
  },
  {
    where: 'API',
    setting: 'endpointConfiguration.types=PRIVATE',
    status: 'closes',
    note: 'Every method answers 403: there are no VPC endpoints yet.',
    isUsed: ({ endpointTypes }) => endpointTypes.includes('PRIVATE'),
  },
  {
    where: 'API',
    setting: 'apiKeySource=AUTHORIZER',
    status: 'closes',
    note: 'A method that requires a key answers 403: there are no authorizers yet that would give it.',
    isUsed: ({ apiKeySource }) => apiKeySource === 'AUTHORIZER',
  },
  {
    where: 'API',
    setting: 'securityPolicy, endpointAccessMode',
    status: 'stored',
    note: 'The version of TLS is for what stands in front of the gateway to check.',
    isUsed: ({ securityPolicy, endpointAccessMode }) =>
      securityPolicy !== undefined || endpointAccessMode !== undefined,
  },
  {
    where: 'API',
    setting: 'binaryMediaTypes',
    status: 'enforced',
    note: 'Content of these types is binary; other content is text, converted as AWS does.',
    isUsed: ({ binaryMediaTypes }) => binaryMediaTypes.length > 0,
  },
]

/** Settings of a method. */
export const methodDefinitionSettings: readonly SettingRow<
  Omit<MethodDefinition, 'integration'>
>[] = [
  {
    where: 'method',
    setting: 'authorizationType',
    status: 'closes',
    note: 'Any type but NONE answers as if the caller were not authorized.',
    isUsed: ({ authorizationType }) => authorizationType !== 'NONE',
  },
  {
    where: 'method',
    setting: 'apiKeyRequired',
    status: 'enforced',
    note: 'A request needs the key of a usage plan that has the stage; any other answers 403.',
    isUsed: ({ apiKeyRequired }) => apiKeyRequired,
  },
  {
    where: 'method',
    setting: 'requestValidatorId',
    status: 'enforced',
    note: 'Required parameters are checked; a request without one answers 400 and names it.',
    isUsed: ({ requestValidatorId }) => requestValidatorId !== undefined,
  },
  {
    where: 'method',
    setting: 'requestModels with a requestValidatorId that has validateRequestBody',
    status: 'enforced',
    note:
      'A body that does not fit the model for its content type, or `$default`, answers 400. One whose ' +
      'content type has no model passes, as on AWS.',
    // Whether the validator looks at bodies is its own; it may begin to at any time.
    isUsed: ({ requestValidatorId, requestModels = {} }) =>
      requestValidatorId !== undefined && Object.keys(requestModels).length > 0,
  },
]

function isOfService(type: IntegrationDefinition['type']): boolean {
  return type === 'AWS' || type === 'AWS_PROXY'
}

/** Settings of an integration. */
export const integrationSettings: readonly SettingRow<IntegrationDefinition>[] = [
  {
    where: 'integration',
    setting: 'type=AWS with another service than Lambda',
    status: 'enforced',
    note: 'Calls the service where `--aws-endpoint` says, with the credentials that `--aws-role` names for the role; API Gateway and Lambda are this server. Where neither says, CreateDeployment refuses, and what is deployed answers 500.',
    isUsed: ({ type, uri = '' }) => type === 'AWS' && isServiceCall(uri),
  },
  {
    where: 'integration',
    setting: 'type=AWS_PROXY with another service than Lambda',
    status: 'not-run',
    note: 'Answers 500: functions alone are called.',
    isUsed: ({ type, uri = '' }) =>
      type === 'AWS_PROXY' && findIntegrationService(uri) !== 'lambda',
  },
  {
    where: 'integration',
    setting: 'credentials=arn:aws:iam::*:user/*',
    status: 'not-run',
    note: 'Answers 500: callers have no identity that could be passed on.',
    isUsed: ({ credentials = '' }) => credentials.endsWith(':iam::*:user/*'),
  },
  {
    where: 'integration',
    setting: 'credentials of a function',
    status: 'enforced',
    note: "A role of the API's account invokes as that account, another with the credentials that `--aws-role` names for it; without either, answers 500. The policy of the function is not asked.",
    isUsed: ({ type, uri = '', credentials }) =>
      isOfService(type) && !isServiceCall(uri) && credentials?.endsWith(':iam::*:user/*') === false,
  },
  {
    where: 'integration',
    setting: 'connectionType=VPC_LINK',
    status: 'enforced',
    note: 'Connects to the address that `--vpc-link-target` gives for the target of the link; without one, answers 500.',
    isUsed: ({ connectionType }) => connectionType === 'VPC_LINK',
  },
  {
    where: 'integration',
    setting: 'contentHandling',
    status: 'enforced',
    note: 'Of requests and of integration responses; without effect on AWS_PROXY.',
    isUsed: ({ contentHandling, integrationResponses }) =>
      [{ contentHandling }, ...Object.values(integrationResponses)].some(
        (converted) => converted.contentHandling !== undefined,
      ),
  },
  {
    where: 'integration',
    setting: 'requestTemplates and responseTemplates with VTL, mappings with JSONPath',
    status: 'enforced',
    note: 'What does not compile is named at the deployment, and its method answers 500.',
    // What a text is, is for the compiler to say: it names the method when it compiles a deployment.
    isUsed: () => false,
  },
  {
    where: 'integration',
    setting: 'responseTransferMode=STREAM of HTTP_PROXY',
    status: 'enforced',
    note: 'Of any length, within timeoutInMillis as a whole, not compressed. Nothing slows it down behind 10 MB.',
    isUsed: ({ type, responseTransferMode }) =>
      responseTransferMode === 'STREAM' && !isOfService(type),
  },
  {
    where: 'integration',
    setting: 'responseTransferMode=STREAM of AWS_PROXY',
    status: 'enforced',
    note: 'With a URI of response-streaming-invocations. 200 MB at most. Nothing slows it down behind 6 MB.',
    isUsed: ({ type, responseTransferMode }) =>
      responseTransferMode === 'STREAM' && isOfService(type),
  },
  {
    where: 'integration',
    setting: 'cacheKeyParameters',
    status: 'enforced',
    note: 'All values count, names of headers in any case, the query to HTTP_PROXY as it is written; what a template overrides does not.',
    isUsed: ({ cacheKeyParameters = [] }) => cacheKeyParameters.length > 0,
  },
]

/** Every row of every table, for docs/compatibility.md. */
export function allSettings(): readonly Omit<SettingRow<never>, 'isUsed'>[] {
  return [
    ...stageSettings,
    ...methodSettings,
    ...apiSettings,
    ...methodDefinitionSettings,
    ...integrationSettings,
  ]
}
