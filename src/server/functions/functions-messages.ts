import type { MessagePort } from 'node:worker_threads'
import type { FunctionPlaneChange } from '../../ports/deployment-feed.ts'
import type { FunctionLogChoice } from './function-settings.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import type { LogMessage } from '../workers/worker-messages.ts'

/**
 * What the owner and the function plane say to each other, wherever it runs. Messages of one direction arrive
 * in the order they were sent: a link that is sent after a change finds the change applied.
 */
export type OwnerToFunctions =
  | {
      readonly kind: 'feed'
      readonly sequence: number
      readonly changes: readonly FunctionPlaneChange[]
    }
  /** A way to whoever invokes: see `function-link.ts`. The port is transferred. */
  | { readonly kind: 'link'; readonly port: MessagePort }
  | { readonly kind: 'collect' }
  /** Say `drained` when no invocation is under way and no event waits. */
  | { readonly kind: 'drain' }
  /** End every sandbox, then say `closed`. */
  | { readonly kind: 'close' }

export type FunctionsMessage =
  | { readonly kind: 'applied'; readonly sequence: number }
  | { readonly kind: 'figures'; readonly figures: FunctionsFigures }
  | { readonly kind: 'drained' }
  | { readonly kind: 'closed' }
  /** There is no plane: it could not begin. A thread of its own ends instead. */
  | { readonly kind: 'failed'; readonly detail: string }
  | LogMessage

/** What a function plane is begun with. */
export interface FunctionsSettings {
  /** Where code is kept, and what runs of it. */
  readonly directory: string
  /** Commands by runtime, as the operator gave them. */
  readonly runtimeCommands: Readonly<Record<string, readonly string[]>>
  /** Directories in which programs are looked for, separated as PATH is. */
  readonly searchPath: string
  /** Sandboxes alive at a time, of all functions together. */
  readonly sandboxesMax: number
  /** How long a sandbox is kept without an event, in milliseconds. */
  readonly idleMs: number
  /** What of a function's log goes to the operator's. */
  readonly log: FunctionLogChoice
  /** URL that AWS's SDKs inside of functions call. Undefined: they call AWS. */
  readonly awsEndpointUrl: string | undefined
}

/** What a thread of its own is started with. */
export interface FunctionsThreadSettings extends FunctionsSettings {
  readonly signals: SharedArrayBuffer
}
