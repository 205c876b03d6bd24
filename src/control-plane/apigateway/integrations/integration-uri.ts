import { judgeFunctionUri } from '../../../engines/function-uri.ts'
import { parseUriTemplate } from '../../../engines/uri-template.ts'
import type { IntegrationType } from '../../../snapshot/definition.ts'
import { refusals } from '../errors.ts'

/**
 * Checks the URI of an integration by what its type calls. MOCK calls nothing and takes any.
 *
 * An HTTP(S) URI must be fully formed, and AWS documents a stage variable as a part of it: all but the
 * protocol (`http://${stageVariables.url}`), the host, a label of it, the path, the query. So a URI that
 * is wholly `${stageVariables.url}` has no protocol and is refused when it is put, whatever the variable
 * holds; one with the variable after `http://` is taken, and what a stage's value makes of it shows when
 * a request comes. The same holds for the parts of a function's URI.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html#apigw-PutIntegration-request-uri
 * Observed: management/put-integration-uri-*, management/put-integration-aws-*
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md
 *
 * @throws {ServiceError} BadRequestException.
 */
export function checkIntegrationUri(type: IntegrationType, uri: string | undefined): void {
  if (type === 'MOCK') return
  if (type === 'HTTP' || type === 'HTTP_PROXY') checkHttpUri(uri ?? '')
  else checkServiceArn(type, uri ?? '')
}

/** Stands for any value of a placeholder: a host, a port, a path and a query may all be it. */
const plausibleValue = '1'

/** What begins like a stage variable and is none would stay in the address as it is written. */
const misspeltVariable = /\$\{(?!stageVariables\.\w+\})/

function checkHttpUri(uri: string): void {
  if (misspeltVariable.test(uri)) throw refusals.httpEndpoint()
  const template = parseUriTemplate(uri)
  const variables = Object.fromEntries(
    template.stageVariableNames.map((name) => [name, plausibleValue]),
  )
  const parameters = new Map(
    template.pathParameterNames.map((name) => [name, plausibleValue] as const),
  )
  if (template.target(variables, parameters).outcome !== 'target') throw refusals.httpEndpoint()
}

/** `arn:{partition}:apigateway:{region}:{service}:{path or action}/…`; a stage variable may stand for the last part. */
const serviceArn =
  /^arn:[\w-]+:apigateway:[\w-]*:([\w.-]+):(?:(?:path|action)\/|\$\{stageVariables\.\w+\})/

function checkServiceArn(type: IntegrationType, uri: string): void {
  if (!uri.startsWith('arn:')) throw refusals.arn()
  const [, service] = serviceArn.exec(uri) ?? []
  if (service === undefined) throw refusals.integrationArn()
  if (type === 'AWS_PROXY' && service !== 'lambda' && service !== 'firehose') {
    throw refusals.awsProxyTarget()
  }
  if (service === 'lambda') checkFunctionUri(type, uri)
}

/** AWS may make any call of Lambda; AWS_PROXY invokes. */
function checkFunctionUri(type: IntegrationType, uri: string): void {
  const verdict = judgeFunctionUri(uri)
  if (verdict === 'function' || (verdict === 'another-call' && type === 'AWS')) return
  throw refusals.functionArn()
}
