import { responseHeaderBytesMax } from '../../aws/limits.ts'
import { GatewayError, type GatewayErrorSource } from '../gateway-error.ts'

/**
 * Refuses an answer whose header fields, as an API or a function makes them, have more bytes of names and
 * values than there may be. Those that the gateway adds are not counted.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR, as for content that is too long.
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md
 */
export function refuseLongHead(bytes: number, source?: GatewayErrorSource): void {
  if (bytes <= responseHeaderBytesMax) return
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Execution failed due to configuration error: the headers of the response have more than ${responseHeaderBytesMax} bytes`,
    ...(source === undefined ? {} : { source }),
  })
}
