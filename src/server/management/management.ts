import type {
  ControlPlane,
  ManagementRequest,
  ManagementResponse,
} from '../../control-plane/server.ts'

/** The control plane behind a gate, and a count of what it answered. */
export interface Management {
  call(request: ManagementRequest): Promise<ManagementResponse>
  /** Runs `work` when no call but invocations is under way; calls that come meanwhile wait for it. */
  alone(work: () => Promise<void>): Promise<void>
  /** Answers by status class (`2xx`, …). */
  readonly callCounts: ReadonlyMap<string, number>
}

/**
 * Puts the gate in front of a control plane. A reset goes through it alone: a call that had read the
 * store before and published after would bring back a stage that is stored no more.
 */
export function createManagement(controlPlane: ControlPlane): Management {
  const callCounts = new Map<string, number>()
  const underWay = new Set<Promise<ManagementResponse>>()
  let gate: Promise<void> | undefined
  return {
    callCounts,
    async call(request) {
      for (let closed = gate; closed !== undefined; closed = gate) await closed
      const answering = controlPlane.call(request)
      if (!isInvocation(request)) underWay.add(answering)
      const answer = await answering.finally(() => underWay.delete(answering))
      const statusClass = `${Math.floor(answer.status / 100)}xx`
      callCounts.set(statusClass, (callCounts.get(statusClass) ?? 0) + 1)
      return answer
    },
    async alone(work) {
      for (let closed = gate; closed !== undefined; closed = gate) await closed
      const opened = Promise.withResolvers<void>()
      gate = opened.promise
      try {
        await Promise.allSettled(underWay)
        await work()
      } finally {
        gate = undefined
        opened.resolve()
      }
    },
  }
}

/**
 * A function may take a quarter of an hour, and its invocation neither reads nor changes what is stored. Nor
 * does a test of a method change any of it, and what it calls may be a management call that waits.
 */
function isInvocation({ method, target }: ManagementRequest): boolean {
  return method === 'POST' && (invocationTarget.test(target) || testTarget.test(target))
}

const testTarget = /^\/restapis\/[^/]+\/resources\/[^/]+\/methods\/[^/]+$/

const invocationTarget =
  /^\/(?:2015-03-31|2014-11-13)\/functions\/[^/]+\/(?:invocations|invoke-async)/
