import { createFunctionCode } from '../../adapters/function-code/function-code.ts'
import { watchFolder } from '../../adapters/function-code/watch-folder.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { createSystemRandom } from '../../adapters/node/random.ts'
import { createRuntimes } from '../../adapters/sandboxes/runtimes.ts'
import { createSandboxes } from '../../adapters/sandboxes/sandboxes.ts'
import { createFunctionPlane } from '../../function-plane/function-plane.ts'
import type { MakeFunctionPlane } from './functions-worker.ts'

/** The function plane over processes of this machine, with the code that the owner has stored. */
export const makeFunctionPlane: MakeFunctionPlane = async (settings, { log, functionLogs }) => {
  const { directory, runtimeCommands, searchPath, sandboxesMax, idleMs, awsEndpointUrl } = settings
  const code = createFunctionCode({ root: directory })
  const sandboxes = createSandboxes({
    runtimes: createRuntimes({ configured: new Map(Object.entries(runtimeCommands)), searchPath }),
    codeDirectoryOf: async ({ version }) => {
      const { code: where, layers } = version
      const taskRoot = where.kind === 'folder' ? where.path : await code.codeDirectory(where.sha256)
      if (layers.length === 0) return { taskRoot }
      return { taskRoot, optDirectory: await code.optDirectory(layers) }
    },
    watchFolder,
    ...(awsEndpointUrl === undefined ? {} : { awsEndpointUrl }),
    log,
  })
  const plane = createFunctionPlane({
    sandboxes,
    clock: systemClock,
    random: createSystemRandom(),
    logs: functionLogs,
    log,
    limits: { sandboxesMax, idleMs },
  })
  return { plane, sandboxes }
}
