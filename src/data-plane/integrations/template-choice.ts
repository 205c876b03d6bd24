import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import type {
  CompiledIntegrationResponse,
  CompiledTemplate,
  TemplateChoice,
} from '../../snapshot/compiled-deployment.ts'
import { GatewayError } from '../gateway-error.ts'

/**
 * Chooses the request template of a non-proxy integration; null: the body passes.
 *
 * The request's media type without parameters is compared without case; an absent Content-Type counts as
 * `application/json`; `$default` takes what nothing else does.
 *
 * @throws {GatewayError} UNSUPPORTED_MEDIA_TYPE when nothing matches and passthroughBehavior forbids
 * passing the body through.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
export function chooseRequestTemplate(
  choice: TemplateChoice,
  requestHeaders: HeaderFields,
): CompiledTemplate | null {
  const { templates, passthroughBehavior } = choice
  const contentType = mediaTypeOf(findLastField(requestHeaders, 'content-type') ?? '')
  const key = contentType === '' ? 'application/json' : contentType
  const template = templates.get(templates.has(key) ? key : '$default')
  if (template !== undefined) return template
  if (passthroughBehavior === 'WHEN_NO_MATCH') return null
  if (passthroughBehavior === 'WHEN_NO_TEMPLATES' && templates.size === 0) return null
  throw new GatewayError('UNSUPPORTED_MEDIA_TYPE')
}

/**
 * Chooses the template of an integration response: by the first media type of Accept that has one, then
 * `application/json`, then the first there is. Null, also when there is none at all: the endpoint's body
 * passes.
 *
 * Of a repeated Accept the last counts.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md (lists in Accept)
 */
export function chooseResponseTemplate(
  { templates }: CompiledIntegrationResponse,
  requestHeaders: HeaderFields,
): CompiledTemplate | null {
  if (templates.size === 0) return null
  return templates.get(chooseTemplateKey(templates, requestHeaders)) ?? null
}

/**
 * Which of several templates answers a request, by its key: what Accept names first, then
 * `application/json`, then the first there is. Empty when there is none.
 */
export function chooseTemplateKey(
  templates: ReadonlyMap<string, unknown>,
  requestHeaders: HeaderFields,
): string {
  return keyFor(findLastField(requestHeaders, 'accept') ?? '', templates)
}

function keyFor(accepted: string, templates: ReadonlyMap<string, unknown>): string {
  for (const range of accepted.split(',')) {
    const mediaType = mediaTypeOf(range)
    if (templates.has(mediaType)) return mediaType
  }
  if (templates.has('application/json')) return 'application/json'
  return templates.keys().next().value ?? ''
}

/** The media type of a Content-Type or of one range of an Accept: lower case, without parameters. */
export function mediaTypeOf(value: string): string {
  const semicolonAt = value.indexOf(';')
  return (semicolonAt < 0 ? value : value.slice(0, semicolonAt)).trim().toLowerCase()
}
