import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Python that runs. */
export interface FoundPython {
  /** The program itself, past what stands in front of it on the path. */
  readonly path: string
  /** `3.12` */
  readonly version: string
}

/** How long a Python may take to say its version. */
const probeMs = 5_000
const probe = 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])'
const oldest = 8

/**
 * The Python for a runtime: the one of its version where there is one, else the first python3 that is at
 * least 3.8. Undefined: there is none. Blocks while it is looked for.
 */
export function findPython(runtime: string, searchPath: string): FoundPython | undefined {
  const directories = searchPath.split(delimiter).filter((directory) => directory !== '')
  for (const name of [runtime, 'python3']) {
    for (const directory of directories) {
      const path = join(directory, name)
      const found = canRun(path) ? ask(path) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Asks the program itself: a name on the path may be a shim for what is not installed. */
function ask(path: string): FoundPython | undefined {
  const { status, stdout } = spawnSync(path, ['-c', probe], { encoding: 'utf8', timeout: probeMs })
  const match = status === 0 ? /^(.+) (3\.(\d+))$/.exec(stdout.trim()) : null
  if (match === null || Number(match[3]) < oldest) return undefined
  return { path: match[1] ?? path, version: match[2] ?? '3' }
}
