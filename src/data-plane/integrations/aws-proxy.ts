import { writeBase64 } from '../../base/base64.ts'
import { invariant } from '../../base/invariant.ts'
import type { CompiledFunctionProxyIntegration } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { type EventBody, proxyEvent } from './aws-proxy-event.ts'
import { proxyResponse } from './aws-proxy-response.ts'
import { streamedProxyResponse } from './aws-proxy-stream.ts'
import { isBinaryType, withBytes } from './content.ts'
import { functionRequest } from './function-call.ts'
import { mappedFunctionFieldRules } from './header-rules.ts'
import type { Integration } from './integration.ts'
import { mapRequestParameters } from './request-parameters.ts'

/**
 * AWS_PROXY: a function gets the request as an event and says the answer, whole or piece by piece.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * Observed: cases/rest/aws-proxy-event, cases/rest/aws-proxy-response, cases/rest/functions
 */
export const awsProxyIntegration: Integration<CompiledFunctionProxyIntegration> = {
  buildRequest(call, request, integration, gateway) {
    refuseIllegalMappings(call, integration)
    const build = (bytes: Uint8Array) => {
      const content = contentOf(
        bytes,
        isBinaryType(call.incoming.headers, integration.binaryMediaTypes),
      )
      const isDecoded = request.body !== call.incoming.body
      const payload = proxyEvent(call, { ...content, isDecoded })
      const parts = {
        payload,
        isJson: true,
        invocationType: 'RequestResponse',
        logTail: false,
        ...(integration.stream === undefined ? {} : streamed),
      } as const
      return functionRequest(call, integration, { parts, gateway })
    }
    return withBytes(call, request.body, build)
  },
  buildResponse(call, response, integration, gateway) {
    const { stream, binaryMediaTypes } = integration
    if (stream !== undefined) {
      const bounds = { ...stream, timeoutMs: integration.timeoutMs }
      return streamedProxyResponse(call, response, bounds, gateway)
    }
    const { result } = response
    invariant(result !== undefined, 'what AWS_PROXY calls is a function')
    return proxyResponse(call, result, binaryMediaTypes)
  },
}

const streamed = Object.freeze({ isStreamed: true } as const)

/** Mappings may be declared and set nothing, but that an illegal one ends the request. */
function refuseIllegalMappings(
  call: Call,
  { requestParameters }: CompiledFunctionProxyIntegration,
): void {
  mapRequestParameters(call, requestParameters, {
    requestBody: undefined,
    overrides: undefined,
    rules: mappedFunctionFieldRules,
  })
}

/** A mark at the beginning belongs to the text. What is no UTF-8 is lost, as on AWS. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function contentOf(bytes: Uint8Array, isBinaryContent: boolean): Omit<EventBody, 'isDecoded'> {
  if (bytes.length === 0) return { text: null, isBase64Encoded: false }
  return isBinaryContent
    ? { text: writeBase64(bytes), isBase64Encoded: true }
    : { text: decoder.decode(bytes), isBase64Encoded: false }
}
