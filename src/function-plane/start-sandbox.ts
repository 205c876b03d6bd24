import type { SandboxEvents } from '../ports/sandboxes.ts'
import type { LiveSandbox } from './live-sandbox.ts'
import { logStreamName } from './log-lines.ts'
import type { FleetParts } from './sandbox-fleet.ts'
import { SandboxLog } from './sandbox-log.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** What a fleet wants to know of its sandboxes. */
export interface SandboxNews {
  gone(live: LiveSandbox): void
  codeChanged(live: LiveSandbox): void
}

/** Starts a sandbox of a pool, with a log of its own. Never throws: without a sandbox when it failed. */
export function startSandbox(
  pool: SandboxPool,
  parts: Pick<FleetParts, 'sandboxes' | 'clock' | 'random' | 'logs' | 'log' | 'limits'>,
  news: SandboxNews,
): LiveSandbox {
  const { place, version } = pool
  const { account, region, functionName } = place
  const logStream = logStreamName(version.version, parts.clock.nowMs(), parts.random)
  const logPlace = { account, region, logGroup: version.logGroup, logStream }
  const log = new SandboxLog(logPlace, parts.logs, {
    outputCharactersMax: parts.limits.outputCharactersMax,
    outputSettled: async () => live.sandbox?.outputSettled(),
  })
  const live: LiveSandbox = {
    pool,
    log,
    sandbox: undefined,
    state: 'starting',
    stale: false,
    initMs: undefined,
    idleSinceMs: 0,
  }
  const events: SandboxEvents = {
    output: (text, timestampMs) => log.output(text, timestampMs),
    exited: () => news.gone(live),
    codeChanged: () => news.codeChanged(live),
  }
  try {
    const spec = { account, region, functionName, version, logStream }
    live.sandbox = parts.sandboxes.start(spec, events)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    parts.log.error('sandbox-not-started', { account, region, functionName, detail })
  }
  return live
}
