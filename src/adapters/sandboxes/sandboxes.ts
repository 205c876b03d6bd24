import { fileURLToPath } from 'node:url'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { Sandbox, Sandboxes, SandboxEvents, SandboxSpec } from '../../ports/sandboxes.ts'
import { findCgroupRoot } from './cgroup.ts'
import type { CodeDirectories } from './function-environment.ts'
import { launch, type LaunchSetting } from './launch.ts'
import { createMemoryLimit } from './memory-limit.ts'
import { createMemoryWatch } from './memory-watch.ts'
import { killOrphans } from './orphans.ts'
import { findRunRoot, openRunDirectory } from './run-directory.ts'
import type { CommandedRuntimes } from './runtimes.ts'
import { openSandbox } from './sandbox.ts'
import { TurnWrites } from './turn-writes.ts'

export interface SandboxesOptions {
  readonly runtimes: CommandedRuntimes
  /** Where the code of a version is; the sandbox fails to start with the message when this rejects. */
  readonly codeDirectoryOf: (spec: SandboxSpec) => Promise<CodeDirectories>
  /** Calls back when files of a folder change, until the function that it gives is called. */
  readonly watchFolder?: (path: string, changed: () => void) => () => void
  /** URL that AWS's SDKs inside of functions call. Absent: they call AWS. */
  readonly awsEndpointUrl?: string
  /** Directory of cgroup v2 to make others in. Absent: one that was delegated to this process, if any. */
  readonly cgroupRoot?: string
  /** Directory in which it is recorded what was started. Absent: the system's for temporary files. */
  readonly runParent?: string
  /** The longest init of a function whose timeout is shorter. Absent: AWS's ten seconds. */
  readonly initMsMax?: number
  /** Where the in-house bootstraps are. Absent: beside this file. */
  readonly bootstrapDirectory?: string
  readonly log: OperatorLog
}

/** An init's time, in milliseconds. Documented: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initMsOfAws = 10_000

/**
 * Functions as child processes of this thread. What a server of this user that is gone has left
 * running is killed first. Chosen: docs/decisions/0027-functions-as-processes.md
 */
export function createSandboxes(options: SandboxesOptions): Sandboxes {
  const { log } = options
  const runRoot = findRunRoot(options.runParent)
  if (runRoot === undefined) log.warn('function-run-directory-unsafe', {})
  const killed = runRoot === undefined ? 0 : killOrphans(runRoot)
  if (killed > 0) log.warn('function-orphans-killed', { count: killed })
  const runs = openRunDirectory(runRoot)
  const watch = createMemoryWatch({ found: runs.add, lost: runs.remove })
  const cgroupRoot = findCgroupRoot(options.cgroupRoot)
  if (cgroupRoot === undefined && options.cgroupRoot !== undefined) {
    log.warn('function-cgroup-refused', { cgroup: options.cgroupRoot })
  }
  const memory = createMemoryLimit(cgroupRoot, watch)
  const setting: LaunchSetting = {
    runtimes: options.runtimes,
    codeDirectoryOf: options.codeDirectoryOf,
    awsEndpointUrl: options.awsEndpointUrl,
    bootstrapDirectory:
      options.bootstrapDirectory ?? fileURLToPath(new URL('bootstraps', import.meta.url)),
    memory,
    writes: new TurnWrites(),
    runs,
  }
  const folders = shareFolderWatches(options.watchFolder)
  const open = new Set<Sandbox>()
  let isClosed = false

  return {
    memoryMode: memory.mode,
    start(spec, events) {
      const unwatch = watchCode(spec, events, folders)
      const sandbox = openSandbox({
        launch: async () => (isClosed ? 'no more functions are run' : launch(setting, spec)),
        events: {
          output: (text, timestampMs) => events.output(text, timestampMs),
          codeChanged: () => events.codeChanged(),
          exited: (exit) => events.exited(exit),
        },
        initMsMax: Math.max(options.initMsMax ?? initMsOfAws, spec.version.timeoutSeconds * 1_000),
        warn: (event, detail) => log.warn(event, { functionName: spec.functionName, detail }),
        gone: () => {
          open.delete(sandbox)
          unwatch()
        },
      })
      open.add(sandbox)
      return sandbox
    },
    async close() {
      isClosed = true
      await Promise.all([...open].map((sandbox) => sandbox.stop()))
      memory.close()
      runs.close()
    },
  }
}

function watchCode(spec: SandboxSpec, events: SandboxEvents, folders: FolderWatches): () => void {
  const { code } = spec.version
  if (code.kind !== 'folder') return () => undefined
  return folders.add(code.path, () => events.codeChanged())
}

interface FolderWatches {
  add(path: string, changed: () => void): () => void
}

/** One watch for each folder, however many sandboxes run from it. */
function shareFolderWatches(watchFolder: SandboxesOptions['watchFolder']): FolderWatches {
  const all = new Map<string, { readonly listeners: Set<() => void>; readonly end: () => void }>()
  return {
    add(path, changed) {
      if (watchFolder === undefined) return () => undefined
      const found = all.get(path)
      const listeners = found?.listeners ?? new Set()
      listeners.add(changed)
      if (found === undefined) {
        const tell = () => {
          for (const listener of [...listeners]) listener()
        }
        all.set(path, { listeners, end: watchFolder(path, tell) })
      }
      return () => {
        if (!listeners.delete(changed) || listeners.size > 0) return
        all.get(path)?.end()
        all.delete(path)
      }
    },
  }
}
