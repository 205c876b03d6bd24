import { setImmediate as nextTurn } from 'node:timers/promises'
import { controlStageClock } from '../../adapters/node/stage-clock.ts'
import { loadQuotaKeys } from '../../control-plane/apigateway/api-keys/load-api-keys.ts'
import { readStageSettings } from '../../control-plane/apigateway/stages/stage-settings-report.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { GatewayCounters } from '../counters/gateway-counters.ts'
import { managementHostsOf } from '../management/gateway-control-plane.ts'
import { version } from '../version.ts'
import type { WorkerCalls } from '../workers/worker-calls.ts'
import { createOperatorApi, type OperatorApi, type OperatorContext } from './operator-api.ts'
import { createOperatorClock, type OperatorClock } from './operator-clock.ts'
import { collectOperatorState, type StateSources } from './operator-state.ts'

/** What the operator API tells of, and may change. */
export interface OperatedParts extends Omit<StateSources, 'isReady' | 'droppedLogLines'> {
  readonly store: StateStore
  readonly workerCalls: WorkerCalls
  /** Of the stage clock that a test moves; undefined: no test does. */
  readonly clockMemory: SharedArrayBuffer | undefined
  readonly notReadyBecause: OperatorContext['notReadyBecause']
  readonly log: OperatorLog & { droppedCount?(): number }
}

/** The operator API of a gateway. */
export function createGatewayOperatorApi(
  configuration: Configuration,
  parts: OperatedParts,
): OperatorApi {
  const { store, functions, counters, workerCalls, clockMemory, notReadyBecause, log } = parts
  const { quotas, traceRequests } = configuration
  return createOperatorApi({
    version,
    hosts: managementHostsOf(configuration),
    notReadyBecause,
    collectFunctions: () => functions.collect(),
    traces: traceRequests === 0 ? undefined : (id) => workerCalls.traces(id),
    stageSettings: (place) => readStageSettings(place, { store, quotas, yieldToOthers: nextTurn }),
    clock: clockMemory && operatorClock(clockMemory, counters),
    findFunctionCode: (sha256) => functions.code.find(sha256),
    collect: () =>
      collectOperatorState({
        ...parts,
        isReady: () => notReadyBecause() === undefined,
        droppedLogLines: () => log.droppedCount?.() ?? 0,
      }),
    reset: mayReset(configuration) ? () => resetAll(parts) : undefined,
  })
}

/** A clock that moves may end a day: what was counted of it is looked at before. */
function operatorClock(memory: SharedArrayBuffer, counters: GatewayCounters): OperatorClock {
  const control = controlStageClock(memory)
  return createOperatorClock({
    ...control,
    advance(durationMs) {
      counters.collect()
      control.advance(durationMs)
    },
  })
}

function mayReset({ allowReset, state }: Configuration): boolean {
  return allowReset || state.kind === 'memory'
}

async function resetAll(parts: OperatedParts): Promise<void> {
  const { store, feed, functions, counters, management, log } = parts
  await management.alone(async () => {
    const quotaKeys = await loadQuotaKeys(store)
    await store.reset()
    await feed.publish({ kind: 'reset' })
    await counters.clear(quotaKeys)
    await functions.code.reset()
  })
  log.warn('state-reset', {})
}
