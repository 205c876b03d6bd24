import { judgeFunctionUri } from '../engines/function-uri.ts'
import { type parseServiceUri, type ServiceUri } from '../engines/service-uri.ts'
import type { UriTemplate } from '../engines/uri-template.ts'
import type { compileRequestMappings } from './compile-mappings.ts'
import type { CompiledServiceCall } from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'
import { methodKeyOf } from './integration-method.ts'
import { NotRun } from './not-run.ts'

/** What calls of services share in a deployment. */
export interface ServiceCallPieces {
  readonly mappings: typeof compileRequestMappings
  readonly serviceUri: typeof parseServiceUri
  readonly roleArn: (text: string) => UriTemplate
}

/** True for the URI of an AWS integration that invokes no function. */
export function isServiceCall(uri: string): boolean {
  const service = /^arn:[^:]*:apigateway:[^:]*:([^:]*):/.exec(uri)?.[1]
  if (service === undefined) return false
  return service !== 'lambda' || judgeFunctionUri(uri) === 'another-call'
}

/**
 * The call of AWS with a service: where it is and who signs is looked up when a request comes.
 *
 * @throws {NotRun} for a URI that is none of a service, and for the caller's identity as credentials.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri, credentials)
 */
export function compileServiceCall(
  definition: IntegrationDefinition,
  pieces: ServiceCallPieces,
): CompiledServiceCall {
  return {
    httpMethod: methodKeyOf(definition.httpMethod),
    uri: uriOf(definition.uri ?? '', pieces),
    requestParameters: pieces.mappings(definition.requestParameters),
    timeoutMs: definition.timeoutInMillis,
    credentials: pieces.roleArn(roleOf(definition)),
  }
}

function uriOf(text: string, { serviceUri }: ServiceCallPieces): ServiceUri {
  const uri = serviceUri(text)
  if (uri === undefined) throw new NotRun('AWS ARN for integration must contain path or action')
  return uri
}

/** Stands for the identity of whoever calls the stage. */
const callersIdentity = /^arn:[\w-]+:iam::\*:user\/\*$/

function roleOf({ credentials }: IntegrationDefinition): string {
  if (credentials === undefined) throw new NotRun('Role ARN must be specified for AWS integrations')
  if (!callersIdentity.test(credentials)) return credentials
  throw new NotRun(`credentials ${credentials}: callers have no identity yet, as nobody signs`)
}
