import { compileSelectionPattern, type SelectionPattern } from '../engines/selection-pattern.ts'
import { compileResponseMappings } from './compile-mappings.ts'
import type { TemplatesCompiler } from './compile-templates.ts'
import type {
  CompiledIntegrationResponse,
  IntegrationResponseChoice,
} from './compiled-deployment.ts'
import type { IntegrationDefinition, IntegrationResponseDefinition } from './definition.ts'
import { NotRun } from './not-run.ts'

type IntegrationResponses = IntegrationDefinition['integrationResponses']

/**
 * The integration responses of a non-proxy integration, those with a pattern in order of status. Without
 * a pattern, or with an empty one, a response is the default; of several the one of the least status.
 *
 * @throws {NotRun} for a pattern that cannot be matched, and a template or mapping that cannot be run.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function compileIntegrationResponses(
  responses: IntegrationResponses,
  compileTemplates: TemplatesCompiler,
): IntegrationResponseChoice {
  const compiled = Object.entries(responses)
    .map(([status, response]) => compileResponse(Number(status), response, compileTemplates))
    .toSorted((one, other) => one.status - other.status)
  return Object.freeze({
    patterned: Object.freeze(compiled.filter(({ pattern }) => pattern !== undefined)),
    fallback: compiled.find(({ pattern }) => pattern === undefined),
  })
}

function compileResponse(
  status: number,
  response: IntegrationResponseDefinition,
  compileTemplates: TemplatesCompiler,
): CompiledIntegrationResponse {
  const { selectionPattern = '', responseParameters, responseTemplates } = response
  return Object.freeze({
    status,
    pattern: selectionPattern === '' ? undefined : patternOf(selectionPattern),
    responseParameters: compileResponseMappings(responseParameters),
    templates: compileTemplates(responseTemplates, 'responseTemplates'),
    contentHandling: response.contentHandling,
  })
}

function patternOf(text: string): SelectionPattern {
  const compiled = compileSelectionPattern(text)
  if (compiled.outcome === 'compiled') return compiled.pattern
  throw new NotRun(`selectionPattern ${text} cannot be matched: ${compiled.detail}`)
}
