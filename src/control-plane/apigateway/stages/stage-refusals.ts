import { accessLogFormatBytesMax } from '../../../aws/limits.ts'
import { badRequest, conflict, limitExceeded, notFound, quotaUsedUp, refusals } from '../errors.ts'

/**
 * Every refusal of the operations on deployments and stages, in AWS's words where they are known.
 *
 * `Observed` texts were seen from AWS: in recordings that other projects keep of it, or in the output of
 * its users; each has a golden case in `test/cases/`. A text marked `Chosen` is ours:
 * docs/decisions/0009-stages-where-aws-is-silent.md.
 */
export const stageRefusals = {
  /** Observed. */
  stageNotFound: refusals.stageNotFound,
  /** Observed. */
  deploymentNotFound: () => notFound('Invalid Deployment identifier specified'),
  /** Observed. */
  stageExists: () => conflict('Stage already exists'),
  /** Observed. The text never gained the hyphen, which is accepted. */
  stageName: () => badRequest('Stage name only allows a-zA-Z0-9_'),
  /** Observed. Where a stage or a canary is told to serve a deployment. */
  deploymentMissing: () => badRequest('Deployment id does not exist'),
  /** Observed. */
  deploymentInUse: () =>
    badRequest('Active stages pointing to this deployment must be moved or deleted'),
  /** Observed for other quotas. */
  tooManyStages: () => limitExceeded(quotaUsedUp('Stages', 'this API')),
  /** Observed for other quotas. */
  tooManyVariables: () => limitExceeded(quotaUsedUp('Stage Variables', 'this stage')),
  /** Chosen. */
  tooManyMethodSettings: () => limitExceeded(quotaUsedUp('Method Settings', 'this stage')),

  /** Observed. */
  noMethods: () => badRequest("The REST API doesn't contain any methods"),
  /** Observed. */
  noIntegration: () => badRequest('No integration defined for method'),
  /** Chosen: docs/decisions/0033-aws-service-integrations.md. `method`: `GET /pets`. */
  serviceOutOfReach: ({ method, reason }: { readonly method: string; readonly reason: string }) =>
    badRequest(`Integration of ${method} cannot be run: ${reason}.`),
  /** Observed. `stageName` as sent. */
  canaryWithoutStageName: (stageName: string | undefined) =>
    badRequest(
      'Invalid deployment content specified.Non null and non empty stageName must be provided for ' +
        `canary deployment. Provided value is ${stageName ?? 'null'}`,
    ),
  /** Observed. */
  canaryWithoutStage: (stageName: string) =>
    badRequest(
      `Invalid deployment content specified.Stage ${stageName} must already be created before making a ` +
        'canary release deployment',
    ),
  /** Observed: https://github.com/serverless/serverless/issues/11518 */
  plainDeploymentToCanary: (stageName: string) =>
    badRequest(
      'Invalid deployment content specified.Non canary deployment not supported on stage ' +
        `${stageName} because Canary is enabled. Provide CanarySettings in deploymentInput.`,
    ),

  /** Observed. The two blanks are AWS's. */
  variableName: (name: string) =>
    badRequest(
      `Invalid stage variable name: ${name}.  Please use names with only word characters.`,
    ),
  /** Observed. The two blanks and the unbalanced quote are AWS's. */
  variableValue: (value: string) =>
    badRequest(
      `Invalid stage variable value: ${value}.  Please use values with alphanumeric characters ` +
        `and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
    ),
  /** Chosen. */
  variables: () =>
    badRequest('Invalid stage variables specified. The value must be a JSON object of strings'),
  /** Chosen. */
  percentTraffic: (value: string) =>
    badRequest(`Invalid percentTraffic specified: ${value}. Must be a number from 0.0 to 100.0`),
  /** Observed. */
  promotionWithoutCanary: () => badRequest('Promotion not available. Canary does not exist.'),
  /** Chosen. */
  noCacheCluster: () => badRequest('Cache cluster is not enabled for this stage'),
  /** Chosen. */
  cacheClusterSize: (value: string) => badRequest(`Invalid cache cluster size specified: ${value}`),

  /** Observed. */
  loggingRole: () =>
    badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging'),
  /** Observed. */
  emptyAccessLog: () => badRequest('Access Log value must not be empty'),
  /** Observed: the Java SDK's words after AWS's own first sentence. */
  notAnArn: (value: string) =>
    badRequest(`Invalid ARN specified in the request. ARNs must start with 'arn:': ${value}`),
  /** Observed. */
  accessLogArn: () =>
    badRequest(
      'Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or ' +
        'Kinesis Data Firehose delivery stream ARN.',
    ),
  /** Observed: https://github.com/serverless/serverless/issues/6304 */
  accessLogCharacters: (resource: string) =>
    badRequest(
      "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': " +
        `'${resource}'`,
    ),
  /** Observed. */
  deliveryStreamName: () =>
    badRequest(
      "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-'",
    ),
  /** Observed: https://github.com/ministryofjustice/cloud-platform-environments/pull/12962 */
  accessLogLines: (format: string) =>
    badRequest(
      'Access Log format must be single line, new line character is allowed only at end of the ' +
        `format: '${format}'`,
    ),
  /** Observed. */
  accessLogRequestId: (format: string) =>
    badRequest(
      'Access Log format must include either $context.requestId or $context.extendedRequestId : ' +
        `'${format}'`,
    ),
  /** Chosen: AWS documents the bound, not the text. */
  accessLogSize: () =>
    badRequest(`Access Log format must not exceed ${accessLogFormatBytesMax} bytes`),

  /** Chosen. */
  loggingLevel: (value: string) =>
    badRequest(`Invalid logging level specified: ${value}. Must be one of: [OFF, ERROR, INFO]`),
  /** Chosen. */
  burstLimit: (value: string) => badRequest(`Invalid throttling burst limit specified: ${value}`),
  /** Chosen. */
  rateLimit: (value: string) => badRequest(`Invalid throttling rate limit specified: ${value}`),
  /** Observed. */
  cacheTtl: () =>
    badRequest('Invalid time-to-live setting, must be an integer no greater than 3600'),
  /** Chosen. */
  cacheControlStrategy: (value: string) =>
    badRequest(`Invalid unauthorized cache control header strategy specified: ${value}`),
  /** Observed: https://github.com/aws/aws-sdk-java/issues/1823 (the missing blank is AWS's). */
  methodSetting: (setting: string) =>
    badRequest(
      `Invalid method setting path: ${setting}. Must be one of: [.../metrics/enabled, ` +
        '.../logging/dataTrace, .../logging/loglevel,.../throttling/burstLimit, ' +
        '.../throttling/rateLimit, .../caching/ttlInSeconds, .../caching/enabled, ' +
        '.../caching/dataEncrypted, .../caching/requireAuthorizationForCacheControl, ' +
        '.../caching/unauthorizedCacheControlHeaderStrategy]',
    ),
  /** Observed. The blank at the end is AWS's. */
  methodSettingMissing: (key: string) =>
    badRequest(
      `Cannot remove method setting ${key} because there is no method setting for this method `,
    ),

  /** Observed. */
  copy: ({ path, from }: { readonly path: string; readonly from: string }) =>
    badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are ` +
        '[/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, ' +
        '/canarySettings/stageVariableOverrides]',
    ),
  /** Observed. */
  accessLogPath: () =>
    badRequest(
      'Invalid accessLogSettings path. Must be one of : ' +
        '[/accessLogSettings/destinationArn, /accessLogSettings/format]',
    ),
  /** Observed for `add`. */
  operation: ({ op, path }: { readonly op: string; readonly path: string }) =>
    badRequest(`Invalid ${op} operation with path: ${path}`),
  /** Observed. The separators are AWS's. */
  stagePath: (path: string) =>
    badRequest(`Invalid method setting path: ${path}. Must be one of: [${stagePaths()}]`),
} as const

/** AWS leaves out the commas after the two limits: for a method there is nothing, for all a blank. */
function stagePaths(): string {
  const ofMethod = (method: string, afterLimit: string): string =>
    [
      `/${method}/metrics/enabled, /${method}/logging/dataTrace, /${method}/logging/loglevel, `,
      `/${method}/throttling/burstLimit${afterLimit}/${method}/throttling/rateLimit${afterLimit}`,
      `/${method}/caching/ttlInSeconds, /${method}/caching/enabled, /${method}/caching/dataEncrypted, `,
      `/${method}/caching/requireAuthorizationForCacheControl, `,
      `/${method}/caching/unauthorizedCacheControlHeaderStrategy, `,
    ].join('')
  return (
    '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, ' +
    '/accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ' +
    `${ofMethod('{resourcePath}/{httpMethod}', '')}${ofMethod('*/*', ' ')}` +
    '/variables/{variable_name}, /tracingEnabled'
  )
}
