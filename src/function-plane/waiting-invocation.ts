import type { InitOutcome } from '../ports/sandboxes.ts'
import type { Alarm } from './alarms.ts'
import type { LiveSandbox } from './live-sandbox.ts'

/** How a start failed. */
export type FailedInit = Exclude<InitOutcome, { readonly outcome: 'ready' }>

/** An invocation that needs a sandbox. It is told one of the four, once. */
export interface SandboxTaker {
  /** The sandbox is this invocation's until it is given back. */
  take(live: LiveSandbox): void
  /** A start that was to serve it failed. */
  initFailed(live: LiveSandbox, failure: FailedInit): void
  /** No sandbox became free within the time that it waits. */
  gaveUp(): void
  /** There will be no sandbox: the plane closes. */
  closed(): void
}

/** Its place in the line of a pool. The alarm rings when it has waited long enough. */
export interface WaitingInvocation extends Alarm {
  readonly taker: SandboxTaker
  readonly sinceMs: number
}
