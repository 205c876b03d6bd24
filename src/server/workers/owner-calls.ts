import type { DefinitionHash } from '../../aws/identifiers.ts'
import type { ForwardedAnswer, ForwardedRequest, WorkerMessage } from './worker-messages.ts'

/** What a worker asks its owner for, and what came of it. */
export interface OwnerCalls {
  /** Rejects when the store has no such definition. */
  loadDefinition(hash: DefinitionHash): Promise<Uint8Array>
  forward(plane: 'management' | 'operator', request: ForwardedRequest): Promise<ForwardedAnswer>
  definitionArrived(call: number, bytes: Uint8Array | undefined): void
  answerArrived(call: number, answer: ForwardedAnswer): void
}

/** Calls by message, each with a number that its answer repeats. */
export function createOwnerCalls(post: (message: WorkerMessage) => void): OwnerCalls {
  let lastCall = 0
  const definitions = new Map<number, PromiseWithResolvers<Uint8Array>>()
  const answers = new Map<number, PromiseWithResolvers<ForwardedAnswer>>()
  return {
    loadDefinition(hash) {
      const call = ++lastCall
      const waiting = Promise.withResolvers<Uint8Array>()
      definitions.set(call, waiting)
      post({ kind: 'load-definition', call, hash })
      return waiting.promise
    },
    forward(plane, request) {
      const call = ++lastCall
      const waiting = Promise.withResolvers<ForwardedAnswer>()
      answers.set(call, waiting)
      post({ kind: 'forward', call, plane, request })
      return waiting.promise
    },
    definitionArrived(call, bytes) {
      const waiting = definitions.get(call)
      definitions.delete(call)
      if (bytes !== undefined) waiting?.resolve(bytes)
      else waiting?.reject(new Error('the store has no such definition'))
    },
    answerArrived(call, answer) {
      answers.get(call)?.resolve(answer)
      answers.delete(call)
    },
  }
}
