import type { AccountId, Region } from '../../src/aws/identifiers.ts'
import type { SandboxEvents, SandboxInvocation, SandboxSpec } from '../../src/ports/sandboxes.ts'
import type { FunctionVersion } from '../../src/snapshot/function-declaration.ts'

/** A version of a function as a sandbox is started for it, with what a test says otherwise. */
export function sandboxSpec(version: Partial<FunctionVersion> = {}): SandboxSpec {
  return {
    account: '000000000000' as AccountId,
    region: 'us-east-1' as Region,
    functionName: 'orders',
    logStream: '2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef',
    version: {
      version: '$LATEST',
      revisionId: 'revision',
      runtime: 'nodejs24.x',
      handler: 'echo',
      code: { kind: 'zip', sha256: '0'.repeat(64) },
      layers: [],
      environment: {},
      memoryMb: 256,
      timeoutSeconds: 60,
      ephemeralStorageMb: 512,
      logGroup: '/aws/lambda/orders',
      ...version,
    },
  }
}

/** An invocation with a minute to go. */
export function sandboxInvocation(
  payload: string,
  more: Partial<SandboxInvocation> = {},
): SandboxInvocation {
  return {
    requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
    deadlineMs: Date.now() + 60_000,
    traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700',
    clientContext: undefined,
    payload,
    ...more,
  }
}

/** Keeps what a sandbox tells. */
export function recordingSandboxEvents() {
  const lines: string[] = []
  const timestamps: number[] = []
  const exits: unknown[] = []
  const exit = Promise.withResolvers<void>()
  let changes = 0
  const events: SandboxEvents = {
    output(text, timestampMs) {
      lines.push(text)
      timestamps.push(timestampMs)
    },
    exited(outcome) {
      exits.push(outcome)
      exit.resolve()
    },
    codeChanged: () => void (changes += 1),
  }
  return { events, lines, timestamps, exits, exited: exit.promise, changes: () => changes }
}
