/** Services whose requests are signed under another name than the one that an integration's ARN has. */
const signingNames: ReadonlyMap<string, string> = new Map([
  ['appsync-api', 'appsync'],
  ['bedrock-agent-runtime', 'bedrock'],
  ['bedrock-runtime', 'bedrock'],
  ['email', 'ses'],
])

/** Services with one endpoint for all regions of a partition. */
const globalServices: ReadonlySet<string> = new Set(['cloudfront', 'iam', 'route53'])

/**
 * What the action form of an integration puts before the action in `X-Amz-Target`. Other services with a JSON
 * protocol (EventBridge is recorded to be one) get the header by a mapping.
 */
const targetPrefixes: ReadonlyMap<string, string> = new Map([
  ['dynamodb', 'DynamoDB_20120810'],
  ['firehose', 'Firehose_20150804'],
  ['kinesis', 'Kinesis_20131202'],
  ['states', 'AWSStepFunctions'],
])

/** The name under which requests to a service are signed. */
export function signingNameOf(service: string): string {
  return signingNames.get(service) ?? service
}

/**
 * The value of X-Amz-Target for an action of a service; undefined: the service needs none, or a mapping sets
 * it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-kinesis.html
 * Documented: https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-api-gateway.html
 * Chosen: docs/decisions/0033-aws-service-integrations.md (which services)
 */
export function findActionTarget(service: string, action: string): string | undefined {
  const prefix = targetPrefixes.get(service)
  return prefix === undefined ? undefined : `${prefix}.${action}`
}

/** Where AWS itself has a service, and the region that its requests are signed for. */
export function publicEndpointOf(place: {
  readonly partition: string
  readonly region: string
  readonly service: string
}): { readonly hostname: string; readonly signingRegion: string } {
  const { partition, region, service } = place
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  if (globalServices.has(service) && partition === 'aws') {
    return { hostname: `${service}.${domain}`, signingRegion: 'us-east-1' }
  }
  return { hostname: `${service}.${region}.${domain}`, signingRegion: region }
}
