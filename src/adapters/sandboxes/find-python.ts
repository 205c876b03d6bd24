import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { canRun } from './can-run.ts'

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
 * What finds the Python for a runtime: the one of its version where there is one, else the first python3 that is
 * at least 3.8. It resolves to undefined when there is none, and never rejects. Each program is asked once.
 */
export function pythonFinder(
  searchPath: string,
): (runtime: string) => Promise<FoundPython | undefined> {
  const directories = searchPath.split(delimiter).filter((directory) => directory !== '')
  const asked = new Map<string, Promise<FoundPython | undefined>>()
  const askOnce = (path: string) => {
    const asking = asked.get(path) ?? ask(path)
    asked.set(path, asking)
    return asking
  }
  return async (runtime) => {
    for (const name of [runtime, 'python3']) {
      for (const directory of directories) {
        const path = join(directory, name)
        const found = canRun(path) ? await askOnce(path) : undefined
        if (found !== undefined) return found
      }
    }
    return undefined
  }
}

const run = promisify(execFile)

/** Asks the program itself: a name on the path may be a shim for what is not installed. */
async function ask(path: string): Promise<FoundPython | undefined> {
  const answer = await run(path, ['-c', probe], { encoding: 'utf8', timeout: probeMs }).catch(
    () => undefined,
  )
  const match = /^(.+) (3\.(\d+))$/.exec(answer?.stdout.trim() ?? '')
  if (match === null || Number(match[3]) < oldest) return undefined
  return { path: match[1] ?? path, version: match[2] ?? '3' }
}
