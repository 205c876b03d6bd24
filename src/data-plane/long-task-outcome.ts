import { LongTaskRefused } from '../base/long-task-refused.ts'
import { GatewayError } from './gateway-error.ts'

/** Bytes whose copy is no larger than they are: what is copied is all that a view is a view of. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}

/**
 * What a long task comes to.
 *
 * Rejects with `GatewayError`: THROTTLED when too many wait, API_CONFIGURATION_ERROR when nobody finished it.
 * Chosen: docs/decisions/0036-long-work.md
 */
export async function longTaskOutcome<Outcome>(running: Promise<Outcome>): Promise<Outcome> {
  try {
    return await running
  } catch (error) {
    if (!(error instanceof LongTaskRefused)) throw error
    const errorName = error.reason === 'busy' ? 'THROTTLED' : 'API_CONFIGURATION_ERROR'
    throw new GatewayError(errorName, { detail: error.message, cause: error })
  }
}
