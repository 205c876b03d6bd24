import { type MethodKey, methodNames } from '../aws/identifiers.ts'
import { createOriginReader, parseUriTemplate } from '../engines/uri-template.ts'
import { compileIntegrationResponses } from './compile-integration-responses.ts'
import { compileRequestMappings } from './compile-mappings.ts'
import { compileTemplates, statusCodesOf } from './compile-templates.ts'
import type {
  CompiledHttpCall,
  CompiledIntegration,
  CompiledMockIntegration,
  TemplateChoice,
} from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'
import { compileOrNotRun, NotRun } from './not-run.ts'
import { shareEqual } from './share-equal.ts'

/** What of the whole API an integration depends on. */
export interface IntegrationSurroundings {
  readonly binaryMediaTypes: readonly string[]
}

/**
 * Compiles the integrations of one deployment; equal pieces of them are shared.
 *
 * Nothing that an integration declares is ignored. Run: MOCK, HTTP and HTTP_PROXY with constant templates,
 * mappings, `timeoutInMillis` and `tlsConfig`. Not run, so that its method answers 500 and the operator
 * reads why: AWS and AWS_PROXY; `connectionType` VPC_LINK; VTL; JSONPath; a pattern that needs more than
 * linear time; and, because they would change the content of an answer, `contentHandling`
 * CONVERT_TO_BINARY and an API's `binaryMediaTypes` (except that of all types on HTTP_PROXY, which means
 * what is done: bytes pass as they are). Stored without effect: `responseTransferMode` STREAM (content passes
 * through in either mode, within BUFFERED's time), `cacheNamespace` and `cacheKeyParameters` (there is no
 * stage cache), `credentials` (no type that is run has any). Templates and responses of HTTP_PROXY, and
 * the URI, method and parameters of MOCK, have no effect on AWS either.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 */
export function createIntegrationCompiler(
  surroundings: IntegrationSurroundings,
): (definition: IntegrationDefinition) => CompiledIntegration {
  const origins = createOriginReader()
  const pieces: Pieces = {
    mappings: shareEqual(compileRequestMappings),
    responses: shareEqual(compileIntegrationResponses),
    templates: shareEqual(compileTemplateChoice),
    mockTemplates: shareEqual(compileMockTemplates),
    uri: (text) => parseUriTemplate(text, origins),
  }
  return (definition) =>
    compileOrNotRun(definition, (integration) => {
      refuseContentConversion(integration, surroundings)
      return compileOfType(integration, pieces)
    })
}

interface Pieces {
  readonly mappings: typeof compileRequestMappings
  readonly responses: typeof compileIntegrationResponses
  readonly templates: typeof compileTemplateChoice
  readonly mockTemplates: typeof compileMockTemplates
  readonly uri: (text: string) => CompiledHttpCall['uri']
}

type RequestTemplates = Pick<IntegrationDefinition, 'passthroughBehavior' | 'requestTemplates'>

function compileOfType(definition: IntegrationDefinition, pieces: Pieces): CompiledIntegration {
  const { type, passthroughBehavior, requestTemplates = {} } = definition
  if (type === 'AWS' || type === 'AWS_PROXY') throw new NotRun(`type ${type} is not built yet`)
  if (type === 'HTTP_PROXY') return Object.freeze({ type, ...compileCall(definition, pieces) })
  const templates = { passthroughBehavior, requestTemplates }
  const responses = pieces.responses(definition.integrationResponses)
  if (type === 'MOCK') return Object.freeze({ type, ...pieces.mockTemplates(templates), responses })
  const call = compileCall(definition, pieces)
  return Object.freeze({ type, ...call, requestTemplates: pieces.templates(templates), responses })
}

function compileCall(definition: IntegrationDefinition, pieces: Pieces): CompiledHttpCall {
  const { httpMethod, uri, connectionType, tlsConfig } = definition
  if (connectionType === 'VPC_LINK') throw new NotRun('connectionType VPC_LINK is not built yet')
  if (uri === undefined) throw new NotRun('there is no uri')
  return {
    httpMethod: methodKeyOf(httpMethod),
    uri: pieces.uri(uri),
    requestParameters: pieces.mappings(definition.requestParameters),
    timeoutMs: definition.timeoutInMillis,
    insecureSkipVerification: tlsConfig?.insecureSkipVerification ?? false,
  }
}

function methodKeyOf(httpMethod: string | undefined): MethodKey {
  const key = [...methodNames, 'ANY' as const].find((known) => known === httpMethod)
  if (key === undefined) throw new NotRun(`httpMethod ${httpMethod ?? '(absent)'} is no method`)
  return key
}

function compileTemplateChoice(given: RequestTemplates): TemplateChoice {
  const templates = compileTemplates(given.requestTemplates, 'requestTemplates')
  return Object.freeze({ passthroughBehavior: given.passthroughBehavior, templates })
}

function compileMockTemplates(
  given: RequestTemplates,
): Pick<CompiledMockIntegration, 'requestTemplates' | 'statusCodes'> {
  const requestTemplates = compileTemplateChoice(given)
  return Object.freeze({ requestTemplates, statusCodes: statusCodesOf(requestTemplates.templates) })
}

/**
 * Text is text on both sides unless the API lists binary media types or something converts; only then does
 * API Gateway encode or decode base64.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
function refuseContentConversion(
  { type, contentHandling }: IntegrationDefinition,
  { binaryMediaTypes }: IntegrationSurroundings,
): void {
  if (binaryMediaTypes.length === 0) {
    if (contentHandling !== 'CONVERT_TO_BINARY') return
    throw new NotRun('contentHandling CONVERT_TO_BINARY is not built yet')
  }
  const passesBytes = type === 'HTTP_PROXY' && binaryMediaTypes.includes('*/*')
  if (passesBytes && contentHandling !== 'CONVERT_TO_TEXT') return
  throw new NotRun('binaryMediaTypes of the API are not built yet')
}
