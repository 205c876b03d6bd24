import type { MessagePort } from 'node:worker_threads'
import type { FunctionsMessage, FunctionsSettings, OwnerToFunctions } from './functions-messages.ts'
import type { GoneReason } from '../workers/worker-thread.ts'

/**
 * Where the function plane of a gateway runs: a thread of its own, or its only worker. Resolves when there is
 * a thread to begin in.
 *
 * Chosen: docs/decisions/0024-the-functions-thread.md
 */
export type FunctionsPlace = () => Promise<BeginPlane>

/** Begins a plane. What is posted to it waits until it can be taken. Tells nothing before it returns. */
export type BeginPlane = (settings: FunctionsSettings, events: PlaneThreadEvents) => PlaneThread

/** What the owner hears of a plane. */
export interface PlaneThreadEvents {
  message(message: FunctionsMessage): void
  /** Called once. `detail` is for the operator. */
  gone(reason: GoneReason, detail: string): void
}

/** A thread with a function plane in it, as its owner sees it. */
export interface PlaneThread {
  /** As Node counts threads. */
  readonly threadId: number
  /** Resolves when nothing of the plane runs any more. */
  readonly ended: Promise<void>
  post(message: OwnerToFunctions, transferred?: MessagePort[]): void
  /** `stopped`: the plane is not needed any more. Else the thread does not do its work, and ends. */
  end(reason: GoneReason, detail: string): void
}
