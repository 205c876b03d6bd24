import type { DefinitionHash } from '../../aws/identifiers.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { FiguresOfWorkers } from './figures-of-workers.ts'
import type { GatewayFunctions } from '../functions/gateway-functions.ts'
import type { Management } from '../management/management.ts'
import type { OperatorApi } from '../operator/operator-api.ts'
import type { ForwardedAnswer, WorkerMessage } from './worker-messages.ts'
import type { WorkerCalls } from './worker-calls.ts'
import type { WorkerThread } from './worker-thread.ts'

/** The parts of the owner that workers ask. */
export interface OwnerParts {
  readonly store: StateStore
  readonly management: Management
  readonly operator: OperatorApi
  readonly figures: FiguresOfWorkers
  readonly functions: GatewayFunctions
  readonly workerCalls: WorkerCalls
  readonly log: OperatorLog
}

/**
 * Answers what a worker asks its owner for, and takes what it tells. An answer to a worker that is gone
 * by then goes nowhere.
 */
export function answerWorkers(
  owner: OwnerParts,
): (thread: WorkerThread, message: WorkerMessage) => void {
  return (thread, message) => {
    switch (message.kind) {
      case 'load-definition':
        return void sendDefinition(owner, thread, message)
      case 'forward':
        return void answerRequest(owner, thread, message)
      case 'figures':
        return owner.figures.arrived(message.call, message.figures)
      case 'method-tested':
        return owner.workerCalls.arrived(message.call, message.outcome)
      case 'traces':
        return owner.workerCalls.arrived(message.call, message.traces)
      case 'link-functions':
        return owner.functions.linkTo((port) => thread.linkFunctions(port))
      case 'log':
        return owner.log[message.level](message.event, { ...message.fields, worker: thread.id })
      case 'applied':
      case 'drained':
      // WorkerThread has heard these itself.
    }
  }
}

async function sendDefinition(
  { store, log }: OwnerParts,
  thread: WorkerThread,
  { call, hash }: { readonly call: number; readonly hash: DefinitionHash },
): Promise<void> {
  const bytes = await store.findBlob(hash).catch((error: unknown) => {
    log.error('definition-not-read', { hash, detail: String(error) })
    return undefined
  })
  thread.post({ kind: 'definition', call, bytes })
}

const failed: ForwardedAnswer = Object.freeze({
  status: 500,
  headers: [],
  body: new TextEncoder().encode('{"message":"Internal server error"}'),
})

async function answerRequest(
  { management, operator, log }: OwnerParts,
  thread: WorkerThread,
  { call, plane, request }: Extract<WorkerMessage, { kind: 'forward' }>,
): Promise<void> {
  const answering = plane === 'management' ? management.call(request) : operator(request)
  const answer = await answering.catch((error: unknown) => {
    log.error('owner-call-failed', { plane, target: request.target, detail: String(error) })
    return failed
  })
  thread.post({ kind: 'answer', call, answer })
}
