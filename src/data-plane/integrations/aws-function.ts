import { readBase64, writeBase64 } from '../../base/base64.ts'
import { textBody } from '../../base/body.ts'
import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import { invariant } from '../../base/invariant.ts'
import type { FunctionInvocation } from '../../ports/functions.ts'
import type { CompiledFunctionIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { EndpointResponse, FunctionResult } from '../messages.ts'
import { errorMessageOf } from './aws-proxy-response.ts'
import type { Content } from './content.ts'
import { functionRequest, type InvocationParts } from './function-call.ts'
import { mappedFunctionFieldRules } from './header-rules.ts'
import type { Integration } from './integration.ts'
import { buildMappedResponse } from './mapped-response.ts'
import { mapRequestParameters, readsRequestBody } from './request-parameters.ts'
import { transformRequest, type TransformedRequest } from './transform-request.ts'

/**
 * AWS with a function: its event is a template's text or the client's body, its result the body of the
 * answer, which an integration response shapes. That is chosen by the `errorMessage` of a function that
 * failed, never by a status; of one that succeeded the text is empty.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
 * Observed: cases/rest/aws-function
 */
export const awsFunctionIntegration: Integration<CompiledFunctionIntegration> = {
  buildRequest(call, request, integration, gateway) {
    const use = { sendsBody: true, readsBody: readsRequestBody(integration.requestParameters) }
    return transformRequest(call, request, { content: integration, use }, (transformed) => {
      const payload = payloadOf(transformed.content)
      const parts = { payload, ...mappedParts(call, integration, transformed) }
      return functionRequest(call, integration, { parts, gateway })
    })
  },
  buildResponse(call, response, integration, { notices }) {
    const { result } = response
    invariant(result !== undefined, 'what AWS calls is a function')
    const selector = errorMessageOf(result.payload)
    const selection = { integration, selector, notices }
    return buildMappedResponse(call, asEndpoint(response, result), selection)
  },
}

/** Lambda reads a text; of bytes that are none, it says so. */
function payloadOf(content: Content): string {
  return content.kind === 'text' ? content.text : new TextDecoder().decode(content.bytes)
}

/**
 * How the function is invoked, as fields of Lambda's Invoke that mappings set: `X-Amz-Invocation-Type`,
 * `X-Amz-Log-Type` and `X-Amz-Client-Context`. Lambda looks at no others.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
function mappedParts(
  call: Call,
  { requestParameters }: CompiledFunctionIntegration,
  { clientBody: requestBody, overrides }: TransformedRequest,
): Omit<InvocationParts, 'payload'> {
  const rules = mappedFunctionFieldRules
  const given = { requestBody, overrides, rules }
  const { headers } = mapRequestParameters(call, requestParameters, given)
  const clientContext = findClientContext(headers)
  return {
    invocationType: invocationTypeOf(headers),
    logTail: findLastField(headers, 'x-amz-log-type') === 'Tail',
    ...(clientContext === undefined ? {} : { clientContext }),
  }
}

function invocationTypeOf(headers: HeaderFields): FunctionInvocation['invocationType'] {
  const type = findLastField(headers, 'x-amz-invocation-type') ?? 'RequestResponse'
  if (type === 'RequestResponse' || type === 'Event' || type === 'DryRun') return type
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Execution failed due to configuration error: X-Amz-Invocation-Type ${type} is none of Event, RequestResponse and DryRun`,
  })
}

function findClientContext(headers: HeaderFields): string | undefined {
  const encoded = findLastField(headers, 'x-amz-client-context')
  if (encoded === undefined) return undefined
  const bytes = readBase64(encoded)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

/** Lambda's answer as it would be over HTTP, whose header mappings may read. */
function asEndpoint({ status }: EndpointResponse, result: FunctionResult): EndpointResponse {
  const headers = ['Content-Type', 'application/json', 'x-amzn-RequestId', result.requestId]
  const { functionError, executedVersion, logTail } = result
  if (functionError !== undefined) headers.push('X-Amz-Function-Error', functionError)
  if (executedVersion !== undefined) headers.push('X-Amz-Executed-Version', executedVersion)
  if (logTail !== undefined) {
    headers.push('X-Amz-Log-Result', writeBase64(new TextEncoder().encode(logTail)))
  }
  return { status, headers, body: textBody(result.payload) }
}
