import { createHash } from 'node:crypto'
import type { FunctionCode } from '../../src/ports/function-code.ts'
import type { FunctionRuntimes } from '../../src/ports/function-runtimes.ts'
import type { Functions } from '../../src/ports/functions.ts'

/** The ports of Lambda's management API that a test has no eye on: code in memory, nothing invoked. */
export interface FunctionPorts {
  readonly functionCode: FunctionCode
  readonly runtimes: FunctionRuntimes
  readonly functions: Functions
}

export interface FunctionPortsOptions {
  /** Folders that code can be run from. */
  readonly folders?: readonly string[]
  /** What a folder holds now. Absent: always the same. */
  readonly contentOf?: (folder: string) => string
  /** Bytes that a zip says it has unzipped. */
  readonly unzippedBytes?: number
  /** What an invocation comes to; absent: nothing can be reached. */
  readonly invoke?: Functions['invoke']
}

/** Zips begin so; anything else is none. */
const zipMagic = 'PK'

/** Makes `FunctionPorts`: nodejs22.x runs, nodejs18.x on a newer Node, java21 not at all. */
export function functionPorts(options: FunctionPortsOptions = {}): FunctionPorts {
  const zips = new Map<string, Uint8Array>()
  const put: FunctionCode['put'] = async (zip) => {
    if (Buffer.from(zip.subarray(0, 2)).toString('latin1') !== zipMagic) {
      return { outcome: 'invalid', detail: 'no zip' }
    }
    const unzippedBytes = options.unzippedBytes ?? zip.length
    const bytesMax = 262_144_000
    if (unzippedBytes > bytesMax) return { outcome: 'unzipped-too-large', bytesMax }
    const sha256 = createHash('sha256').update(zip).digest('hex')
    zips.set(sha256, zip)
    return { outcome: 'stored', sha256, zippedBytes: zip.length, unzippedBytes }
  }
  const findFolder = async (path: string) => (options.folders ?? []).includes(path)
  return {
    functionCode: {
      put,
      find: async (sha256) => zips.get(sha256),
      sweep: async () => 0,
      findFolder,
      async freezeFolder(path) {
        const content = options.contentOf?.(path) ?? path
        return put(Buffer.from((await findFolder(path)) ? `${zipMagic}${content}` : ''))
      },
      reset: async () => zips.clear(),
    },
    runtimes: {
      look: async () => {},
      find(runtime) {
        switch (runtime) {
          case 'nodejs22.x':
          case 'provided.al2023':
            return { outcome: 'available' }
          case 'nodejs18.x':
            return { outcome: 'available', warning: 'nodejs18.x is run by Node 26' }
          default:
            return { outcome: 'unavailable', detail: `${runtime} cannot be run here.` }
        }
      },
      available: () => ['nodejs18.x', 'nodejs22.x', 'provided.al2023'],
    },
    functions: {
      invoke:
        options.invoke ??
        (async () => ({ outcome: 'unreachable', detail: 'nothing is invoked here' })),
    },
  }
}
