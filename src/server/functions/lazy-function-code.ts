import type { FunctionCode } from '../../ports/function-code.ts'

/** The store of code in a directory; both are there when the first call needs them. */
export function lazyFunctionCode(directory: () => string): FunctionCode {
  let opening: Promise<FunctionCode> | undefined
  const open = () => (opening ??= openFunctionCode(directory()))
  return {
    put: async (zip) => (await open()).put(zip),
    find: async (sha256) => (await open()).find(sha256),
    sweep: async (isReferenced) => (await open()).sweep(isReferenced),
    findFolder: async (path) => (await open()).findFolder(path),
    freezeFolder: async (path) => (await open()).freezeFolder(path),
    reset: async () => {
      // Nothing has been stored by this process, and a start has swept what no function names.
      if (opening !== undefined) await (await open()).reset()
    },
  }
}

async function openFunctionCode(root: string): Promise<FunctionCode> {
  const { createFunctionCode } = await import('../../adapters/function-code/function-code.ts')
  return createFunctionCode({ root })
}

/** The store of a server that keeps no code. */
export const noFunctionCode: FunctionCode = Object.freeze({
  put: () => Promise.reject(new Error('no code is kept here')),
  find: () => Promise.resolve(undefined),
  sweep: () => Promise.resolve(0),
  findFolder: () => Promise.resolve(false),
  freezeFolder: () => Promise.reject(new Error('no code is kept here')),
  reset: () => Promise.resolve(),
})
