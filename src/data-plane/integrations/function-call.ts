import type { CompiledFunctionCall } from '../../snapshot/compiled-deployment.ts'
import type { FunctionCaller, FunctionInvocation } from '../../ports/functions.ts'
import type { Random } from '../../ports/random.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { IntegrationRequest } from '../messages.ts'
import { functionTraceId } from '../trace-id.ts'
import { integrationMethod } from './http-call.ts'

/** What AWS and AWS_PROXY decide differently about an invocation. */
export type InvocationParts = Pick<
  FunctionInvocation,
  'payload' | 'isJson' | 'invocationType' | 'logTail' | 'clientContext'
>

/**
 * The invocation of a function, complete.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the URI comes to no function, or the integration's
 * method is not POST, which is the only one that Lambda takes.
 * Observed: cases/rest/functions/method-other-than-post
 */
export function functionRequest(
  call: Call,
  integration: CompiledFunctionCall,
  { parts, random }: { readonly parts: InvocationParts; readonly random: Random },
): IntegrationRequest {
  const target = targetOf(call, integration)
  const traceId = functionTraceId(call.traceId ?? '', random)
  const { timeoutMs } = integration
  const { functionArn } = target
  const caller = callerOf(call, target.partition)
  return { kind: 'function', invocation: { functionArn, caller, traceId, timeoutMs, ...parts } }
}

function targetOf(call: Call, integration: CompiledFunctionCall) {
  const method = integrationMethod(call, integration)
  if (method !== 'POST') throw configurationError(`Lambda takes POST alone, not ${method}`)
  const target = integration.uri.target(call.variant.variables)
  if (target.outcome === 'target') return target
  throw configurationError(target.detail)
}

function configurationError(text: string): GatewayError {
  const detail = `Execution failed due to configuration error: ${text}`
  return new GatewayError('API_CONFIGURATION_ERROR', { detail })
}

/**
 * Whom the function's policy is asked about: the method as it is declared, ANY and the braces of its path
 * included.
 *
 * Observed: https://github.com/localstack/localstack (`…/Test/ANY/{resource+}`)
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
 */
function callerOf({ stage, route }: Call, partition: string): FunctionCaller {
  const { account, region, restApiId, stageName } = stage.declaration
  const method = `${route?.value.methodKey ?? ''}${route?.value.resourcePath ?? ''}`
  return {
    kind: 'service',
    service: 'apigateway.amazonaws.com',
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${restApiId}/${stageName}/${method}`,
    sourceAccount: account,
  }
}
