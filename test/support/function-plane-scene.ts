import { MemoryLogSink } from '../../src/adapters/memory/log-sink.ts'
import { createFunctionPlane, type FunctionPlane } from '../../src/function-plane/function-plane.ts'
import type { FunctionPlaneLimits } from '../../src/function-plane/limits.ts'
import type { FunctionInvocation, FunctionOutcome } from '../../src/ports/functions.ts'
import type { SandboxSpec } from '../../src/ports/sandboxes.ts'
import type { FunctionDeclaration } from '../../src/snapshot/function-declaration.ts'
import { functionInvocation } from './function-declarations.ts'
import { recordingLog } from './recording-sinks.ts'
import {
  scriptedSandboxes,
  type FunctionScript,
  type ScriptedSandboxes,
} from './scripted-sandboxes.ts'
import { seededRandom, testSeed } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A function plane on a clock of its own, over functions that are closures. */
export interface FunctionPlaneScene {
  readonly plane: FunctionPlane
  readonly clock: VirtualClock
  readonly sandboxes: ScriptedSandboxes
  readonly logs: MemoryLogSink
  readonly log: ReturnType<typeof recordingLog>
  readonly seed: number
  declare(declaration: FunctionDeclaration): void
  /** Invokes and lets time pass until the answer is there. */
  invoke(changes?: Partial<FunctionInvocation>): Promise<FunctionOutcome>
  /** What was logged, in order. */
  messages(): readonly string[]
}

/** Makes a scene whose functions do what `scriptOf` says. */
export function functionPlaneScene(
  scriptOf: (spec: SandboxSpec, clock: VirtualClock) => FunctionScript = () => ({}),
  limits: Partial<FunctionPlaneLimits> = {},
): FunctionPlaneScene {
  const clock = new VirtualClock()
  const sandboxes = scriptedSandboxes(clock, (spec) => scriptOf(spec, clock))
  const logs = new MemoryLogSink()
  const log = recordingLog()
  const random = seededRandom(testSeed())
  const plane = createFunctionPlane({ sandboxes, clock, random, logs, log, limits })
  return {
    plane,
    clock,
    sandboxes,
    logs,
    log,
    seed: random.seed,
    declare: (declaration) => plane.apply({ kind: 'function', function: declaration }),
    async invoke(changes) {
      const answer = plane.invoke(functionInvocation(changes))
      await passUntil(answer, clock)
      return answer
    },
    messages: () => logs.events().map(({ message }) => message),
  }
}

/** Lets time pass, for a minute at most, until a promise is settled. */
async function passUntil(promise: Promise<unknown>, clock: VirtualClock): Promise<void> {
  const progress = { isSettled: false }
  const settled = () => {
    progress.isSettled = true
  }
  void promise.then(settled, settled)
  for (let passedMs = 0; !progress.isSettled && passedMs < 60_000; passedMs += 50) {
    await clock.advance(50)
  }
}
