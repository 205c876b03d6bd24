import assert from 'node:assert/strict'
import type { Clock } from '../../src/ports/clock.ts'
import type {
  InitOutcome,
  Sandbox,
  SandboxEvents,
  Sandboxes,
  SandboxInvocation,
  SandboxOutcome,
  SandboxSpec,
} from '../../src/ports/sandboxes.ts'

/** A sandbox that a test looks at. */
export interface ScriptedSandbox {
  readonly spec: SandboxSpec
  readonly events: SandboxEvents
  /** From 1, of all that were started. */
  readonly number: number
  readonly invocations: readonly SandboxInvocation[]
  isGone: boolean
  /** It may be given an event. */
  isGood: boolean
}

/** What the code of a version does. */
export interface FunctionScript {
  /** Absent: ready after `coldStartMs` of 100. */
  init?(sandbox: ScriptedSandbox): Promise<InitOutcome> | InitOutcome
  /** Absent: answers the event. */
  invoke?(
    invocation: SandboxInvocation,
    sandbox: ScriptedSandbox,
  ): Promise<SandboxOutcome> | SandboxOutcome
}

/** Sandboxes whose functions are closures, on the clock of a test. */
export interface ScriptedSandboxes extends Sandboxes {
  /** All that were started. */
  readonly started: readonly ScriptedSandbox[]
  /** The most that were alive at a time, and that ran an event at a time. */
  readonly aliveMost: number
  readonly runningMost: number
  readonly aliveCount: number
  isClosed: boolean
}

/** Milliseconds that a start takes when the script does not say. */
export const coldStartMs = 100

/** A function that answers after a time, and is killed at its deadline. */
export function answersAfter(clock: Clock, delayMs: number): FunctionScript {
  return {
    async invoke({ payload, deadlineMs }) {
      const leftMs = deadlineMs - clock.nowMs()
      await clock.sleep(Math.min(delayMs, leftMs))
      return delayMs >= leftMs ? { outcome: 'timed-out' } : { outcome: 'response', payload }
    },
  }
}

/** Makes sandboxes that do what `scriptOf` says. A process that exits or times out is gone. */
export function scriptedSandboxes(
  clock: Clock,
  scriptOf: (spec: SandboxSpec) => FunctionScript = () => ({}),
): ScriptedSandboxes {
  return new Scripted(clock, scriptOf)
}

class Scripted implements ScriptedSandboxes {
  readonly memoryMode = 'watch'
  readonly started: ScriptedSandbox[] = []
  readonly #clock: Clock
  readonly #scriptOf: (spec: SandboxSpec) => FunctionScript
  aliveCount = 0
  aliveMost = 0
  runningCount = 0
  runningMost = 0
  isClosed = false

  constructor(clock: Clock, scriptOf: (spec: SandboxSpec) => FunctionScript) {
    this.#clock = clock
    this.#scriptOf = scriptOf
  }

  start(spec: SandboxSpec, events: SandboxEvents): Sandbox {
    const script = this.#scriptOf(spec)
    const invocations: SandboxInvocation[] = []
    const number = this.started.length + 1
    const scripted: ScriptedSandbox = {
      spec,
      events,
      number,
      invocations,
      isGone: false,
      isGood: false,
    }
    this.started.push(scripted)
    this.aliveCount += 1
    this.aliveMost = Math.max(this.aliveMost, this.aliveCount)
    const leave = (status: string) => {
      if (scripted.isGone) return
      scripted.isGone = true
      this.aliveCount -= 1
      events.exited({ status })
    }
    return {
      init: this.#init(script, scripted, leave).then((outcome) => {
        scripted.isGood = outcome.outcome === 'ready'
        return outcome
      }),
      invoke: async (invocation) => {
        assert.ok(scripted.isGood && !scripted.isGone, 'what is broken is not used again')
        scripted.isGood = false
        invocations.push(invocation)
        this.runningCount += 1
        this.runningMost = Math.max(this.runningMost, this.runningCount)
        const outcome: SandboxOutcome = (await script.invoke?.(invocation, scripted)) ?? {
          outcome: 'response',
          payload: invocation.payload,
        }
        this.runningCount -= 1
        if (outcome.outcome === 'exited') leave(outcome.exit.status)
        // One that timed out is killed, which takes a moment: the answer comes first.
        scripted.isGood = outcome.outcome !== 'exited' && outcome.outcome !== 'timed-out'
        return outcome
      },
      outputSettled: () => Promise.resolve(),
      maxMemoryUsedMb: () => 40,
      stop: async () => {
        await Promise.resolve()
        leave('signal: killed')
      },
    }
  }

  async #init(
    script: FunctionScript,
    scripted: ScriptedSandbox,
    leave: (status: string) => void,
  ): Promise<InitOutcome> {
    if (script.init === undefined) {
      await this.#clock.sleep(coldStartMs)
      return { outcome: 'ready', initMs: coldStartMs }
    }
    const outcome = await script.init(scripted)
    if (outcome.outcome !== 'ready') leave('exit status 1')
    return outcome
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}
