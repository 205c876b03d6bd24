import type { FunctionInvocation, FunctionOutcome, Functions } from '../../src/ports/functions.ts'

/** A `Functions` that answers what a test says and keeps what was invoked. */
export interface ScriptedFunctions extends Functions {
  readonly invocations: readonly FunctionInvocation[]
}

/** How a function answers an invocation. */
export type FunctionScript = (
  invocation: FunctionInvocation,
) => FunctionOutcome | Promise<FunctionOutcome>

/** Makes functions that keep each invocation and then ask the script. */
export function scriptedFunctions(script: FunctionScript): ScriptedFunctions {
  const invocations: FunctionInvocation[] = []
  return {
    invocations,
    async invoke(invocation) {
      invocations.push(invocation)
      return script(invocation)
    },
  }
}

/** A script that answers every invocation with this payload. */
export function answering(payload: string): FunctionScript {
  return () => ({ outcome: 'answered', status: 200, payload, requestId: 'req-1' })
}

/** A script for tests in which no function may be invoked. */
export const neverInvoked: FunctionScript = ({ functionArn }) => {
  throw new Error(`the function was invoked: ${functionArn}`)
}
