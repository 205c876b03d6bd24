import type { Overrides } from '../../engines/vtl/index.ts'
import type {
  CompiledContent,
  CompiledTemplate,
  RequestParameterMapping,
} from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { IntegrationRequest, MethodRequest } from '../messages.ts'
import { pickBeforehand } from '../pick-from-body.ts'
import { refuseBinaryTemplate, type RenderedTemplate, renderTemplate } from '../render-template.ts'
import {
  type Content,
  type ContentConversion,
  convertContent,
  requestConversion,
  withBytes,
} from './content.ts'
import { chooseRequestTemplate } from './template-choice.ts'

/** What templates and conversions make of a request to an integration that is no proxy. */
export interface TransformedRequest {
  /** What the endpoint gets. */
  readonly content: Content
  /** The constant template that was taken; undefined: the content is another's. */
  readonly constant: Extract<CompiledTemplate, { readonly kind: 'constant' }> | undefined
  /** The client's body; undefined when `readsBody` did not ask for it. */
  readonly clientBody: string | undefined
  readonly overrides: Overrides | undefined
}

/** What is asked of the client's body besides its place in the request. */
export interface BodyUse {
  /** A mapping reads it. */
  readonly readsBody: boolean
  /** The endpoint gets it when no template takes its place. */
  readonly sendsBody: boolean
}

/**
 * Converts and renders the content of a request, then builds the request from it. The body is read only when
 * something asks for it; a promise only when it has not arrived, or there is more to do than can be done at
 * once.
 *
 * The media type is looked at first of all, then the template: AWS converts before it renders, so a template
 * meets what the conversion left, and no template reads what that left binary.
 *
 * @throws {GatewayError} UNSUPPORTED_MEDIA_TYPE; API_CONFIGURATION_ERROR when content cannot be converted, or
 * the template fails or meets binary content.
 */
export function transformRequest(
  call: Call,
  request: MethodRequest,
  { content, use }: { readonly content: MappedContent; readonly use: BodyUse },
  build: (transformed: TransformedRequest) => IntegrationRequest,
): IntegrationRequest | Promise<IntegrationRequest> {
  const template = chooseRequestTemplate(content.requestTemplates, request.headers)
  const { binaryMediaTypes, contentHandling } = content
  const conversion = requestConversion(request.headers, binaryMediaTypes, contentHandling)
  if (template !== null && conversion.becomesBinary) refuseBinaryTemplate('request')
  const finish = (transformed: TransformedRequest): IntegrationRequest => {
    const built = build(transformed)
    const { overrides } = transformed
    return overrides === undefined ? built : { ...built, overrides }
  }
  const begin = (bytes: Uint8Array | undefined) => {
    const transformNow = () => transform(call, { template, conversion, bytes, use })
    const picking = bytes && pickFromRequest(call, bytes, content)
    if (picking !== undefined) return picking.then(transformNow).then(finish)
    const transforming = transformNow()
    return transforming instanceof Promise ? transforming.then(finish) : finish(transforming)
  }
  return needsBody(template, use) ? withBytes(call, request.body, begin) : begin(undefined)
}

/** The content of an integration whose mappings may read the client's body. */
type MappedContent = CompiledContent & {
  readonly requestParameters?: readonly RequestParameterMapping[]
}

function pickFromRequest(
  call: Call,
  bytes: Uint8Array,
  { requestParameters = [] }: MappedContent,
): Promise<void> | undefined {
  const sources = requestParameters.map(({ source }) => source)
  return pickBeforehand(call, bytes, sources)?.then((picks) => {
    call.requestPicks = picks
  })
}

const nothing: Content = Object.freeze({ kind: 'text', text: '', bytes: undefined })

function needsBody(template: CompiledTemplate | null, use: BodyUse): boolean {
  if (use.readsBody) return true
  if (template === null) return use.sendsBody
  return template.kind === 'rendered' && template.readsBody
}

function transform(
  call: Call,
  given: {
    readonly template: CompiledTemplate | null
    readonly conversion: ContentConversion
    readonly bytes: Uint8Array | undefined
    readonly use: BodyUse
  },
): TransformedRequest | Promise<TransformedRequest> {
  const { template, conversion, bytes, use } = given
  const clientBody =
    use.readsBody && bytes !== undefined ? new TextDecoder().decode(bytes) : undefined
  if (template?.kind === 'constant') {
    const content: Content = { kind: 'text', text: template.text, bytes: undefined }
    return { content, constant: template, clientBody, overrides: undefined }
  }
  const content = bytes === undefined ? nothing : convertContent(bytes, conversion)
  if (template === null) return { content, constant: undefined, clientBody, overrides: undefined }
  const body = content.kind === 'text' ? content.text : ''
  const rendering = renderTemplate(call, template.template, {
    direction: 'request',
    body,
    overrides: undefined,
  })
  const finish = ({ text, overrides }: RenderedTemplate): TransformedRequest => ({
    content: { kind: 'text', text, bytes: undefined },
    constant: undefined,
    clientBody,
    overrides,
  })
  return rendering instanceof Promise ? rendering.then(finish) : finish(rendering)
}
