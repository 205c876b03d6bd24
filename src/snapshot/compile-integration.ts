import { parseFunctionUri } from '../engines/function-uri.ts'
import { createOriginReader, parseUriTemplate } from '../engines/uri-template.ts'
import {
  binaryMediaTypesOf,
  compileFunctionCall,
  type FunctionCallPieces,
} from './compile-function-call.ts'
import { compileIntegrationResponses } from './compile-integration-responses.ts'
import { compileRequestMappings } from './compile-mappings.ts'
import { compileTemplates, statusCodesOf } from './compile-templates.ts'
import type {
  CompiledHttpCall,
  CompiledIntegration,
  CompiledMockIntegration,
  CompiledVpcLink,
  TemplateChoice,
} from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'
import { methodKeyOf } from './integration-method.ts'
import { compileOrNotRun, NotRun } from './not-run.ts'
import { shareEqual } from './share-equal.ts'

/** What of the whole API an integration depends on. */
export interface IntegrationSurroundings {
  readonly binaryMediaTypes: readonly string[]
}

/**
 * Compiles the integrations of one deployment; equal pieces of them are shared.
 *
 * Nothing that an integration declares is ignored. Run: MOCK, HTTP, HTTP_PROXY, and AWS and AWS_PROXY with a
 * function, with constant templates, mappings, `timeoutInMillis`, `tlsConfig` and VPC links. Not run, so that
 * its method answers 500 and the operator reads why: AWS with another service; `credentials`; response
 * streaming of functions; VTL; JSONPath; a pattern that does not compile; and, because they would change the
 * content of an answer, `contentHandling` CONVERT_TO_BINARY and an API's `binaryMediaTypes` (except on
 * AWS_PROXY, and that of all types on HTTP_PROXY, which means what is done: bytes pass as they are). Stored
 * without effect: `responseTransferMode` STREAM of HTTP_PROXY (content passes through in either mode, within
 * BUFFERED's time), `cacheNamespace` and `cacheKeyParameters` (there is no stage cache). Templates and
 * responses of HTTP_PROXY and AWS_PROXY, and the URI, method and parameters of MOCK, have no effect on AWS
 * either.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 */
export function createIntegrationCompiler(
  surroundings: IntegrationSurroundings,
): (definition: IntegrationDefinition) => CompiledIntegration {
  const origins = createOriginReader()
  const mediaRanges = shareEqual(binaryMediaTypesOf)
  const pieces: Pieces = {
    mappings: shareEqual(compileRequestMappings),
    responses: shareEqual(compileIntegrationResponses),
    templates: shareEqual(compileTemplateChoice),
    mockTemplates: shareEqual(compileMockTemplates),
    uri: (text) => parseUriTemplate(text, origins),
    functionUri: shareEqual(parseFunctionUri),
    binaryMediaTypes: () => mediaRanges(surroundings.binaryMediaTypes),
  }
  return (definition) =>
    compileOrNotRun(definition, (integration) => {
      refuseContentConversion(integration, surroundings)
      return compileOfType(integration, pieces)
    })
}

interface Pieces extends FunctionCallPieces {
  readonly mappings: typeof compileRequestMappings
  readonly responses: typeof compileIntegrationResponses
  readonly templates: typeof compileTemplateChoice
  readonly mockTemplates: typeof compileMockTemplates
  readonly uri: (text: string) => CompiledHttpCall['uri']
}

type RequestTemplates = Pick<IntegrationDefinition, 'passthroughBehavior' | 'requestTemplates'>

function compileOfType(definition: IntegrationDefinition, pieces: Pieces): CompiledIntegration {
  const { type, passthroughBehavior, requestTemplates = {} } = definition
  if (type === 'AWS_PROXY') {
    const binaryMediaTypes = pieces.binaryMediaTypes()
    return Object.freeze({ type, ...compileFunctionCall(definition, pieces), binaryMediaTypes })
  }
  if (type === 'HTTP_PROXY') return Object.freeze({ type, ...compileCall(definition, pieces) })
  const templates = { passthroughBehavior, requestTemplates }
  const responses = pieces.responses(definition.integrationResponses)
  if (type === 'MOCK') return Object.freeze({ type, ...pieces.mockTemplates(templates), responses })
  const mapping = { requestTemplates: pieces.templates(templates), responses }
  if (type === 'AWS') {
    return Object.freeze({ type, ...compileFunctionCall(definition, pieces), ...mapping })
  }
  return Object.freeze({ type, ...compileCall(definition, pieces), ...mapping })
}

function compileCall(definition: IntegrationDefinition, pieces: Pieces): CompiledHttpCall {
  const { httpMethod, uri, tlsConfig } = definition
  if (uri === undefined) throw new NotRun('there is no uri')
  return {
    httpMethod: methodKeyOf(httpMethod),
    uri: pieces.uri(uri),
    requestParameters: pieces.mappings(definition.requestParameters),
    timeoutMs: definition.timeoutInMillis,
    insecureSkipVerification: tlsConfig?.insecureSkipVerification ?? false,
    vpcLink: compileVpcLink(definition),
  }
}

/** A stage variable stands for the whole of the id. */
const variableId = /^\$\{stageVariables\.(\w+)\}$/

/**
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (connectionId)
 */
function compileVpcLink(definition: IntegrationDefinition): CompiledVpcLink | undefined {
  const { connectionType, connectionId, integrationTarget } = definition
  if (connectionType !== 'VPC_LINK') return undefined
  if (connectionId === undefined) throw new NotRun('there is no connectionId')
  const name = variableId.exec(connectionId)?.[1]
  const id =
    name === undefined
      ? ({ from: 'literal', vpcLinkId: connectionId } as const)
      : ({ from: 'stage-variable', name } as const)
  return Object.freeze({ id: Object.freeze(id), integrationTarget })
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
  if (type === 'AWS_PROXY' && contentHandling !== 'CONVERT_TO_BINARY') return
  const passesBytes = type === 'HTTP_PROXY' && binaryMediaTypes.includes('*/*')
  if (passesBytes && contentHandling !== 'CONVERT_TO_TEXT') return
  throw new NotRun('binaryMediaTypes of the API are not built yet')
}
