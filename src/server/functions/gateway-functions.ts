import { existsSync } from 'node:fs'
import type { MessagePort } from 'node:worker_threads'
import { createRuntimes } from '../../adapters/sandboxes/runtimes.ts'
import type { FunctionFeedChange, FunctionPlaneChange } from '../../ports/deployment-feed.ts'
import type { FunctionCode } from '../../ports/function-code.ts'
import type { FunctionRuntimes } from '../../ports/function-runtimes.ts'
import type { Functions } from '../../ports/functions.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { openFunctionDirectory, type FunctionDirectory } from './function-directory.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import { FunctionsHost } from './functions-host.ts'
import { functionsInWorker } from './functions-in-worker.ts'
import { functionsThread } from './functions-thread.ts'
import type { ConfiguredLambdaEndpoint } from './function-settings.ts'
import { lazyFunctionCode, noFunctionCode } from './lazy-function-code.ts'
import { openRemoteFunctions, remoteLambdaOf } from './remote-functions.ts'
import type { WorkerBounds } from '../workers/worker-pool.ts'
import type { GoneReason, WorkerThread } from '../workers/worker-thread.ts'

/** The functions of a gateway, as its owner has them. */
export interface GatewayFunctions {
  readonly functions: Functions
  readonly code: FunctionCode
  readonly runtimes: FunctionRuntimes
  /** Deletes the code that is not in use. Nothing is looked at where none was ever kept. */
  sweepCode(inUse: () => Promise<ReadonlySet<string>>): Promise<void>
  /** Starts what runs functions where any are stored; resolves when they may be invoked. */
  start(): Promise<void>
  apply(changes: readonly FunctionPlaneChange[]): Promise<void>
  /** Calls `give` with a port to the function plane, now or when there is one. */
  linkTo(give: (port: MessagePort) => void): void
  /** Undefined: nothing runs functions here, or has yet. */
  collect(): Promise<FunctionsFigures | undefined>
  readonly replacedCounts: ReadonlyMap<GoneReason, number>
  /** Resolves when no invocation is under way and no event waits. */
  drain(): Promise<void>
  /** Leaves no process and no temporary file. */
  close(): Promise<void>
}

export interface GatewayFunctionsOptions {
  readonly configuration: Configuration
  readonly bounds: WorkerBounds
  /** PEM text of further authorities for a Lambda elsewhere. */
  readonly upstreamCa: string | undefined
  readonly replay: () => readonly FunctionFeedChange[]
  readonly log: OperatorLog
  /** Of the main listener. Rejects when there will be none. */
  readonly ownUrl: Promise<string>
  /** The worker that is the only one, when there is one; it runs functions itself. Undefined: there are more. */
  readonly onlyWorker: (() => Promise<WorkerThread>) | undefined
  /** The script of a thread for functions; a test's own may misbehave on demand. */
  readonly entry?: URL
}

/** The functions of a gateway: run by itself, or those of a Lambda elsewhere that it was told of. */
export function openGatewayFunctions(options: GatewayFunctionsOptions): GatewayFunctions {
  const { endpoint } = options.configuration.functions
  return endpoint === undefined ? ownFunctions(options) : remoteFunctions(endpoint, options)
}

/** Nothing of it is there before it is needed. */
function ownFunctions(options: GatewayFunctionsOptions): GatewayFunctions {
  const { configuration, bounds, replay, log, onlyWorker } = options
  const { runtimeCommands, sandboxesMax, idleMs, log: functionLog } = configuration.functions
  const searchPath = process.env['PATH'] ?? ''
  let opened: FunctionDirectory | undefined
  const directory = () => (opened ??= openFunctionDirectory(configuration.state)).path
  const code = lazyFunctionCode(directory)
  const host = new FunctionsHost({
    place:
      onlyWorker === undefined
        ? functionsThread({ entry: options.entry ?? functionsEntry(), bounds })
        : functionsInWorker(onlyWorker),
    settings: async () => {
      const awsEndpointUrl = await awsEndpointUrlOf(options)
      return {
        ...{ directory: directory(), searchPath, runtimeCommands, sandboxesMax, idleMs },
        ...{ log: functionLog, awsEndpointUrl },
      }
    },
    bounds,
    replay,
    onEnded: endProgramsOfThread,
    log,
  })
  return {
    functions: host.functions,
    code,
    runtimes: createRuntimes({ configured: new Map(Object.entries(runtimeCommands)), searchPath }),
    async sweepCode(inUse) {
      // Without state on disk nothing is in use before the first call.
      if (configuration.state.kind === 'memory' || !existsSync(directory())) return
      const named = await inUse()
      await code.sweep((sha256) => named.has(sha256))
    },
    start: async () => {
      if (replay().length > 0) await host.start()
    },
    apply: (changes) => host.apply(changes),
    linkTo: (give) => host.linkTo(give),
    collect: () => host.collect(),
    replacedCounts: host.replacedCounts,
    drain: () => host.drain(),
    async close() {
      await host.close()
      await opened?.close()
    },
  }
}

async function awsEndpointUrlOf({
  configuration,
  ownUrl,
}: GatewayFunctionsOptions): Promise<string | undefined> {
  const { awsEndpoint } = configuration.functions
  switch (awsEndpoint.kind) {
    case 'own':
      return ownUrl
    case 'url':
      return awsEndpoint.url
    case 'aws':
      return undefined
  }
}

/** Nothing is run here, so nothing of what is stored is told to anyone. */
function remoteFunctions(
  endpoint: ConfiguredLambdaEndpoint,
  { upstreamCa, replay, log }: GatewayFunctionsOptions,
): GatewayFunctions {
  const functions = openRemoteFunctions(remoteLambdaOf(endpoint), upstreamCa)
  return {
    functions,
    code: noFunctionCode,
    runtimes: noRuntimes,
    sweepCode: async () => {},
    async start() {
      const count = replay().length
      if (count > 0) log.warn('stored-functions-not-run', { count, lambdaEndpoint: endpoint.url })
    },
    apply: async () => {},
    linkTo: () => {},
    collect: async () => undefined,
    replacedCounts: new Map(),
    drain: async () => {},
    close: () => functions.close(),
  }
}

/** The thread's script has the extension that this file has: `.ts` from source, `.js` when compiled. */
function functionsEntry(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  return new URL(`./functions-entry${extension}`, import.meta.url)
}

const noRuntimes: FunctionRuntimes = Object.freeze({
  look: async () => {},
  find: () => ({ outcome: 'unavailable', detail: 'No functions are run here' }) as const,
  available: () => [],
})

async function endProgramsOfThread(threadId: number): Promise<void> {
  const { findRunRoot } = await import('../../adapters/sandboxes/run-directory.ts')
  const { killProgramsOfThread } = await import('../../adapters/sandboxes/orphans.ts')
  const root = findRunRoot()
  if (root !== undefined) killProgramsOfThread(root, threadId)
}

/**
 * Kills what gateways of this user have left running that are themselves gone, and deletes the code that
 * they kept for as long as they ran.
 */
export async function endAbandonedFunctions(log: OperatorLog): Promise<void> {
  const { findRunRoot } = await import('../../adapters/sandboxes/run-directory.ts')
  const root = findRunRoot()
  if (root === undefined) return
  const { killOrphans } = await import('../../adapters/sandboxes/orphans.ts')
  const count = killOrphans(root)
  if (count > 0) log.warn('function-orphans-killed', { count })
  const { removeAbandonedCode } = await import('./function-directory.ts')
  await removeAbandonedCode(root)
}
