import {
  type FunctionUri,
  findIntegrationService,
  isStreamingUri,
  type parseFunctionUri,
} from '../engines/function-uri.ts'
import { compileMediaRanges } from '../engines/media-ranges.ts'
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
  readonly binaryMediaTypes: () => CompiledFunctionProxyIntegration['binaryMediaTypes']
}

/**
 * The call of AWS and AWS_PROXY: a function.
 *
 * @throws {NotRun} for another service, response streaming, and `credentials`: with a role the function's
 * policy is not asked, the role's is, and there are no roles yet.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri, credentials)
 */
export function compileFunctionCall(
  definition: IntegrationDefinition,
  pieces: FunctionCallPieces,
): CompiledFunctionCall {
  const { uri = '', credentials, responseTransferMode } = definition
  const service = findIntegrationService(uri)
  if (service !== 'lambda') throw new NotRun(`service ${service ?? '(none)'} is not built yet`)
  if (responseTransferMode === 'STREAM' || isStreamingUri(uri)) {
    throw new NotRun('response streaming of functions is not built yet')
  }
  if (credentials !== undefined) {
    throw new NotRun(
      'credentials name a role, and roles are not built yet; without credentials the policy of the ' +
        'function decides (aws lambda add-permission)',
    )
  }
  return {
    httpMethod: methodKeyOf(definition.httpMethod),
    uri: functionUriOf(uri, pieces),
    requestParameters: pieces.mappings(definition.requestParameters),
    timeoutMs: definition.timeoutInMillis,
  }
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
