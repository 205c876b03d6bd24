import type { Overrides } from '../../engines/vtl/index.ts'
import type { CompiledContent, CompiledTemplate } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { IntegrationRequest, MethodRequest } from '../messages.ts'
import { refuseBinaryTemplate, renderTemplate } from '../render-template.ts'
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
 * something asks for it; a promise only when it has not arrived.
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
  { content, use }: { readonly content: CompiledContent; readonly use: BodyUse },
  build: (transformed: TransformedRequest) => IntegrationRequest,
): IntegrationRequest | Promise<IntegrationRequest> {
  const template = chooseRequestTemplate(content.requestTemplates, request.headers)
  const { binaryMediaTypes, contentHandling } = content
  const conversion = requestConversion(request.headers, binaryMediaTypes, contentHandling)
  if (template !== null && conversion.becomesBinary) refuseBinaryTemplate('request')
  const finish = (bytes: Uint8Array | undefined) => {
    const transformed = transform(call, { template, conversion, bytes, use })
    const built = build(transformed)
    const { overrides } = transformed
    return overrides === undefined ? built : { ...built, overrides }
  }
  return needsBody(template, use) ? withBytes(request.body, finish) : finish(undefined)
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
): TransformedRequest {
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
  const rendered = renderTemplate(call, template.template, {
    direction: 'request',
    body,
    overrides: undefined,
  })
  return {
    content: { kind: 'text', text: rendered.text, bytes: undefined },
    constant: undefined,
    clientBody,
    overrides: rendered.overrides,
  }
}
