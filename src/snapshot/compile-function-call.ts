import {
  type FunctionUri,
  findIntegrationService,
  isBufferedUri,
  isStreamingUri,
  type parseFunctionUri,
} from '../engines/function-uri.ts'
import { compileMediaRanges } from '../engines/media-ranges.ts'
import type { UriTemplate } from '../engines/uri-template.ts'
import type { compileRequestMappings } from './compile-mappings.ts'
import type {
  CompiledFunctionCall,
  CompiledFunctionProxyIntegration,
} from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'
import { methodKeyOf } from './integration-method.ts'
import { NotRun } from './not-run.ts'

/** What the functions of a deployment share. */
export interface FunctionCallPieces {
  readonly mappings: typeof compileRequestMappings
  readonly functionUri: typeof parseFunctionUri
  readonly roleArn: (text: string) => UriTemplate
  readonly binaryMediaTypes: () => CompiledFunctionProxyIntegration['binaryMediaTypes']
}

/**
 * The call of AWS and AWS_PROXY: a function.
 *
 * With a role, the policy of the function is not asked.
 *
 * @throws {NotRun} for another service, a URI that does not fit the response transfer mode, and `credentials`
 * that stand for whoever calls.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri, credentials)
 */
export function compileFunctionCall(
  definition: IntegrationDefinition,
  pieces: FunctionCallPieces,
): CompiledFunctionCall {
  const { type, uri = '', responseTransferMode } = definition
  const service = findIntegrationService(uri)
  if (service !== 'lambda') throw new NotRun(`service ${service ?? '(none)'} is not built yet`)
  const isStreamed = type === 'AWS_PROXY' && responseTransferMode === 'STREAM'
  if (isStreamed ? isBufferedUri(uri) : isStreamingUri(uri)) {
    throw new NotRun(
      'a URI of response-streaming-invocations and the response transfer mode STREAM of AWS_PROXY need each other',
    )
  }
  return {
    httpMethod: methodKeyOf(definition.httpMethod),
    credentials: credentialsOf(definition, pieces),
    uri: functionUriOf(uri, pieces),
    requestParameters: pieces.mappings(definition.requestParameters),
    timeoutMs: definition.timeoutInMillis,
  }
}

/** Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (credentials) */
const callersCredentials = /^arn:[\w-]+:iam::\*:user\/\*$/

function credentialsOf(
  { credentials }: IntegrationDefinition,
  { roleArn }: FunctionCallPieces,
): UriTemplate | undefined {
  if (credentials === undefined) return undefined
  if (!callersCredentials.test(credentials)) return roleArn(credentials)
  throw new NotRun(
    `credentials ${credentials} are those of whoever calls, and callers are not known yet; without ` +
      'credentials the policy of the function decides (aws lambda add-permission)',
  )
}

/** What of an API's binary media types functions need; undefined when it has none. */
export function binaryMediaTypesOf(
  binaryMediaTypes: readonly string[],
): CompiledFunctionProxyIntegration['binaryMediaTypes'] {
  return binaryMediaTypes.length === 0 ? undefined : compileMediaRanges(binaryMediaTypes)
}

function functionUriOf(text: string, { functionUri }: FunctionCallPieces): FunctionUri {
  const uri = functionUri(text)
  const [name] = uri.pathParameterNames
  if (name === undefined) return uri
  throw new NotRun(`the URI of a function with {${name}} in it is not built yet`)
}
