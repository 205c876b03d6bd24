import type { CounterMemory } from '../../adapters/shared-memory/counter-memory.ts'
import type { RequestTrace } from '../../data-plane/request-traces.ts'
import type { Socket } from 'node:net'
import type { MessagePort } from 'node:worker_threads'
import type { DefinitionHash } from '../../aws/identifiers.ts'
import type { HeaderFields } from '../../base/header-fields.ts'
import type { ServingChange } from '../../ports/deployment-feed.ts'
import type { MethodTest, MethodTestOutcome } from '../../ports/method-tester.ts'
import type { OperatorFields } from '../../ports/operator-log.ts'
import type { ThreadAwsServices } from '../management/aws-services.ts'
import type { FrontBounds } from '../http/front-bounds.ts'
import type { FunctionsSettings } from '../functions/functions-messages.ts'
import type { Plane } from '../http/planes.ts'
import type { ThreadRedis, WithoutStore } from '../configuration/redis-settings.ts'
import type { RemoteLambda } from '../functions/remote-functions.ts'
import type { ConfiguredVpcLinkTargets } from '../configuration/vpc-link-targets.ts'
import type { ThreadStageCache } from '../caches/worker-caches.ts'
import type { WorkerFigures } from './worker-figures.ts'

/**
 * What the owner (the main thread: store, control plane, sockets) and a worker thread (HTTP, data plane)
 * say to each other. Messages of one direction arrive in the order they were sent, and that is relied
 * upon: a connection handed over after a change of what is served finds the change applied or waiting
 * in front of it.
 */
export type OwnerMessage =
  /** An accepted, still paused socket; `listener` indexes `WorkerSettings.listeners`. */
  | { readonly kind: 'connection'; readonly socket: Socket; readonly listener: number }
  | {
      readonly kind: 'feed'
      readonly sequence: number
      readonly changes: readonly ServingChange[]
    }
  /** Undefined: the store has no such definition. */
  | {
      readonly kind: 'definition'
      readonly call: number
      readonly bytes: Uint8Array | undefined
    }
  | { readonly kind: 'answer'; readonly call: number; readonly answer: ForwardedAnswer }
  /** The cache of a stage from now on. */
  | { readonly kind: 'stage-cache'; readonly cache: ThreadStageCache }
  | { readonly kind: 'collect'; readonly call: number }
  | { readonly kind: 'test-method'; readonly call: number; readonly test: MethodTest }
  /** The trace of one request, or the list of those that are kept. */
  | {
      readonly kind: 'read-traces'
      readonly call: number
      readonly requestId: string | undefined
    }
  /** The worker's end of a link to the function plane (`function-link.ts`), transferred. */
  | { readonly kind: 'functions-port'; readonly port: MessagePort }
  /** Run the function plane in this thread; the port, transferred, leads to the owner's HostedPlane. */
  | {
      readonly kind: 'run-functions'
      readonly port: MessagePort
      readonly settings: FunctionsSettings
    }
  /** Answer what is in flight, close what is idle for `idleGraceMs`, then say `drained`. */
  | { readonly kind: 'drain'; readonly idleGraceMs: number }

export type WorkerMessage =
  | {
      readonly kind: 'applied'
      readonly sequence: number
      readonly failures: readonly ApplyFailure[]
    }
  | { readonly kind: 'load-definition'; readonly call: number; readonly hash: DefinitionHash }
  | {
      readonly kind: 'forward'
      readonly call: number
      readonly plane: 'management' | 'operator'
      readonly request: ForwardedRequest
    }
  | { readonly kind: 'figures'; readonly call: number; readonly figures: WorkerFigures }
  | { readonly kind: 'method-tested'; readonly call: number; readonly outcome: MethodTestReport }
  | { readonly kind: 'traces'; readonly call: number; readonly traces: readonly RequestTrace[] }
  /** Answered with `functions-port`. */
  | { readonly kind: 'link-functions' }
  | LogMessage
  | { readonly kind: 'drained' }

/** `failed`: the worker could not run it, by a bug of ours. */
export type MethodTestReport =
  | MethodTestOutcome
  | { readonly outcome: 'failed'; readonly detail: string }

/** A line of the operator's log, which the owner writes. */
export interface LogMessage {
  readonly kind: 'log'
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: OperatorFields
}

/** A change that a worker could not apply: it goes on serving what it had. */
export interface ApplyFailure {
  readonly restApiId: string
  readonly stageName: string
  readonly detail: string
}

/** A request that the owner answers, read whole. */
export interface ForwardedRequest {
  readonly method: string
  /** Path and query as sent; begins with `/`. */
  readonly target: string
  readonly headers: HeaderFields
  readonly body: Uint8Array
  readonly sourceIp: string
}

export interface ForwardedAnswer {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Uint8Array
}

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly signals: SharedArrayBuffer
  /** Of this thread alone, greater than 0; never of another one in the life of the process. */
  readonly token: number
  /** Planes of each listener. */
  readonly listeners: readonly (readonly Plane[])[]
  readonly frontBounds: FrontBounds
  /** For contents that requests of this worker need whole. */
  readonly contentBytesMax: number
  /** PEM text of further authorities for HTTPS upstreams. */
  readonly upstreamCa: string | undefined
  readonly vpcLinkTargets: ConfiguredVpcLinkTargets
  readonly awsServices: ThreadAwsServices
  /** Requests whose trace is kept; 0: none, and nothing is noted. */
  readonly traceRequests: number
  /** Of the stage clock that a test moves; undefined: it is the machine's. */
  readonly stageClock: SharedArrayBuffer | undefined
  readonly counters: CounterMemory
  /** Of each account in each region. */
  readonly accountThrottle: { readonly rateLimit: number; readonly burstLimit: number }
  /** The store that gateways share; undefined: there is none. */
  readonly redis: ThreadRedis | undefined
  readonly countersWithoutStore: WithoutStore
  /** What seals the entries of caches; undefined: those that must be encrypted are not kept. */
  readonly sealKey: Uint8Array | undefined
  /** Undefined: functions are run by this gateway. */
  readonly remoteLambda: RemoteLambda | undefined
}
