import { LongTaskRefused } from '../base/long-task-refused.ts'
import { GatewayError } from './gateway-error.ts'

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
