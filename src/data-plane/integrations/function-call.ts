import type { CompiledFunctionCall } from '../../snapshot/compiled-deployment.ts'
import type { FunctionCaller, FunctionInvocation } from '../../ports/functions.ts'
import type { UriTemplate } from '../../engines/uri-template.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { IntegrationRequest } from '../messages.ts'
import { functionTraceId } from '../trace-id.ts'
import { integrationMethod } from './http-call.ts'

/** What AWS and AWS_PROXY decide differently about an invocation. */
export type InvocationParts = Pick<
  FunctionInvocation,
  'payload' | 'isJson' | 'invocationType' | 'logTail' | 'clientContext' | 'isStreamed'
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
  {
    parts,
    gateway: { random, awsServices },
  }: {
    readonly parts: InvocationParts
    readonly gateway: Pick<Gateway, 'random' | 'awsServices'>
  },
): IntegrationRequest {
  const target = targetOf(call, integration)
  if (target.isStreaming !== (parts.isStreamed === true)) {
    throw configurationError(
      target.isStreaming
        ? 'a response-streaming-invocations URI needs an AWS_PROXY integration with the response transfer mode STREAM'
        : 'the response transfer mode STREAM needs a response-streaming-invocations URI',
    )
  }
  const traceId = functionTraceId(call.traceId ?? '', random)
  const { timeoutMs } = integration
  const { functionArn } = target
  const invoker =
    integration.credentials === undefined
      ? { caller: callerOf(call, target.partition) }
      : roleOf(call, integration.credentials, { functionArn, awsServices })
  const invocation = { functionArn, ...invoker, traceId, timeoutMs, ...parts }
  return { kind: 'function', invocation }
}

/**
 * A role invokes in its own name, and the policy of the function is not asked. Roles do not exist here: one of
 * the API's account stands for that account, another for whose credentials the operator named.
 *
 * Chosen: docs/decisions/0033-aws-service-integrations.md
 */
function roleOf(
  { variant, stage }: Call,
  credentials: UriTemplate,
  to: { readonly functionArn: string; readonly awsServices: Gateway['awsServices'] },
): Pick<FunctionInvocation, 'caller' | 'credentials'> {
  const roleArn = credentials.expand(variant.variables, noPathParameters)
  const named = to.awsServices.findCredentials(roleArn)
  if (named !== undefined) return { caller: byAccount, credentials: named }
  const { account } = stage.declaration
  const isOwn = accountOf(roleArn) === account && accountOf(to.functionArn) === account
  if (isOwn && /^arn:[\w-]+:iam::\d{12}:role\/./.test(roleArn)) return { caller: byAccount }
  throw configurationError(
    `nobody signs for role ${roleArn}; say whose credentials stand for it with --aws-role ${roleArn}=…`,
  )
}

const byAccount: FunctionCaller = Object.freeze({ kind: 'account' })
const noPathParameters: ReadonlyMap<string, string> = new Map<string, string>([])

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4]
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
