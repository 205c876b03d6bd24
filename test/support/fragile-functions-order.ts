import { BroadcastChannel } from 'node:worker_threads'

/** The channel between tests and the threads of `fragile-functions.ts`. */
export const functionsOrderChannel = 'stagedoor-test-functions-orders'

/** The script of a functions thread that obeys. */
export const fragileFunctionsEntry = new URL('./fragile-functions.ts', import.meta.url)

/** Ends the functions threads of this process that obey. */
export function endFunctionsThread(): void {
  const channel = new BroadcastChannel(functionsOrderChannel)
  channel.postMessage('exit')
  channel.close()
}
