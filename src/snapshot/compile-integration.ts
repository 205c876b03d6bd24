import { edgeStreamIdleMs, regionalStreamIdleMs } from '../aws/limits.ts'
import { parseFunctionUri } from '../engines/function-uri.ts'
import { parseServiceUri } from '../engines/service-uri.ts'
import { createOriginReader, parseUriTemplate } from '../engines/uri-template.ts'
import {
  binaryMediaTypesOf,
  compileFunctionCall,
  type FunctionCallPieces,
} from './compile-function-call.ts'
import { compileIntegrationResponses } from './compile-integration-responses.ts'
import { compileRequestMappings } from './compile-mappings.ts'
import {
  compileServiceCall,
  isServiceCall,
  type ServiceCallPieces,
} from './compile-service-call.ts'
import { createTemplatesCompiler, type TemplatesCompiler } from './compile-templates.ts'
import type {
  CompiledContent,
  CompiledHttpCall,
  CompiledIntegration,
  CompiledStream,
  CompiledVpcLink,
  IntegrationResponseChoice,
  TemplateChoice,
} from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'
import { methodKeyOf } from './integration-method.ts'
import { compileOrNotRun, NotRun } from './not-run.ts'
import { shareEqual } from './share-equal.ts'

/** What of the whole API an integration depends on. */
export interface IntegrationSurroundings {
  readonly binaryMediaTypes: readonly string[]
  readonly endpointTypes: readonly string[]
}

/**
 * Compiles the integrations of one deployment; equal pieces of them are shared.
 *
 * Nothing that an integration declares is ignored. Run: MOCK, HTTP, HTTP_PROXY, AWS, and AWS_PROXY with a
 * function, with templates, mappings, `contentHandling`, `credentials`, `timeoutInMillis`, `tlsConfig`, VPC links,
 * and `responseTransferMode` of the proxies. Not run, so that its method answers 500 and the operator reads why:
 * AWS_PROXY with another service than Lambda; a function with the caller's own credentials; a URI and a response
 * transfer mode that do not fit; a template, path or pattern that does not compile. Without
 * effect, as on AWS: templates and responses of HTTP_PROXY and AWS_PROXY, `contentHandling` of AWS_PROXY, and the
 * URI, method and parameters of MOCK. What a cache key is made of is `compile-cache-key.ts`'s.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 */
export function createIntegrationCompiler(
  surroundings: IntegrationSurroundings,
): IntegrationCompiler {
  const origins = createOriginReader()
  const mediaRanges = shareEqual(binaryMediaTypesOf)
  const { compile: compileTemplates, prepare } = createTemplatesCompiler()
  const pieces: Pieces = {
    mappings: shareEqual(compileRequestMappings),
    responses: shareEqual((responses) => compileIntegrationResponses(responses, compileTemplates)),
    templates: shareEqual((given) => compileTemplateChoice(given, compileTemplates)),
    uri: (text) => parseUriTemplate(text, origins),
    functionUri: shareEqual(parseFunctionUri),
    serviceUri: shareEqual(parseServiceUri),
    roleArn: shareEqual((text: string) => parseUriTemplate(text)),
    binaryMediaTypes: () => mediaRanges(surroundings.binaryMediaTypes),
    stream: () => streamOf(surroundings),
  }
  return function* compileIntegration(definition) {
    const { requestTemplates = {}, integrationResponses } = definition
    yield* prepare(requestTemplates)
    for (const { responseTemplates = {} } of Object.values(integrationResponses)) {
      yield* prepare(responseTemplates)
    }
    return compileOrNotRun(definition, (integration) => compileOfType(integration, pieces))
  }
}

/** Compiles an integration; long templates in steps of a few milliseconds. */
export type IntegrationCompiler = (
  definition: IntegrationDefinition,
) => Generator<void, CompiledIntegration, void>

interface Pieces extends FunctionCallPieces, ServiceCallPieces {
  readonly mappings: typeof compileRequestMappings
  readonly responses: (
    definitions: IntegrationDefinition['integrationResponses'],
  ) => IntegrationResponseChoice
  readonly templates: (given: RequestTemplates) => TemplateChoice
  readonly uri: (text: string) => CompiledHttpCall['uri']
  readonly stream: () => CompiledStream
}

/** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html */
function streamOf({ endpointTypes }: IntegrationSurroundings): CompiledStream {
  return endpointTypes.includes('EDGE') ? edgeStream : regionalStream
}

const edgeStream: CompiledStream = Object.freeze({ idleMs: edgeStreamIdleMs })
const regionalStream: CompiledStream = Object.freeze({ idleMs: regionalStreamIdleMs })

function streamIfAny(
  { responseTransferMode }: IntegrationDefinition,
  { stream }: Pick<Pieces, 'stream'>,
): CompiledStream | undefined {
  return responseTransferMode === 'STREAM' ? stream() : undefined
}

type RequestTemplates = Pick<IntegrationDefinition, 'passthroughBehavior' | 'requestTemplates'>

function compileOfType(definition: IntegrationDefinition, pieces: Pieces): CompiledIntegration {
  const { type } = definition
  if (type === 'AWS_PROXY') {
    const binaryMediaTypes = pieces.binaryMediaTypes()
    const call = compileFunctionCall(definition, pieces)
    return Object.freeze({
      type,
      ...call,
      stream: streamIfAny(definition, pieces),
      binaryMediaTypes,
    })
  }
  if (type === 'HTTP_PROXY') {
    const { contentHandling } = definition
    const binaryMediaTypes = pieces.binaryMediaTypes()
    const call = compileCall(definition, pieces)
    const stream = streamIfAny(definition, pieces)
    return Object.freeze({ type, ...call, contentHandling, binaryMediaTypes, stream })
  }
  if (type === 'MOCK') return Object.freeze({ type, ...compileContent(definition, pieces) })
  if (type === 'AWS' && isServiceCall(definition.uri ?? '')) {
    const call = compileServiceCall(definition, pieces)
    return Object.freeze({ type: 'AWS-service', ...call, ...compileContent(definition, pieces) })
  }
  if (type === 'AWS') {
    const call = compileFunctionCall(definition, pieces)
    return Object.freeze({ type, ...call, ...compileContent(definition, pieces) })
  }
  const call = compileCall(definition, pieces)
  return Object.freeze({ type, ...call, ...compileContent(definition, pieces) })
}

function compileContent(definition: IntegrationDefinition, pieces: Pieces): CompiledContent {
  const { passthroughBehavior, requestTemplates = {}, contentHandling } = definition
  return {
    requestTemplates: pieces.templates({ passthroughBehavior, requestTemplates }),
    contentHandling,
    responses: pieces.responses(definition.integrationResponses),
    binaryMediaTypes: pieces.binaryMediaTypes(),
  }
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

function compileTemplateChoice(
  { passthroughBehavior, requestTemplates }: RequestTemplates,
  compileTemplates: TemplatesCompiler,
): TemplateChoice {
  const templates = compileTemplates(requestTemplates, 'requestTemplates')
  return Object.freeze({ passthroughBehavior, templates })
}
