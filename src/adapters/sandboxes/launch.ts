import { statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { SandboxSpec } from '../../ports/sandboxes.ts'
import { canRun } from './can-run.ts'
import { openChannelLink } from './channel-link.ts'
import { functionEnvironment, type CodeDirectories } from './function-environment.ts'
import { nodeHeapFlags, type MemoryLimit } from './memory-limit.ts'
import { startProgram, type StartedProgram } from './process-start.ts'
import type { RunDirectory } from './run-directory.ts'
import { openRuntimeApi, type RuntimeApi } from './runtime-api.ts'
import type { CommandedRuntimes, InterpreterCommand, RuntimeCommand } from './runtimes.ts'
import type { Launched } from './sandbox.ts'
import type { TurnWrites } from './turn-writes.ts'

/** What every start needs. */
export interface LaunchSetting {
  readonly runtimes: CommandedRuntimes
  readonly codeDirectoryOf: (spec: SandboxSpec) => Promise<CodeDirectories>
  readonly awsEndpointUrl: string | undefined
  /** Where the in-house bootstraps are. */
  readonly bootstrapDirectory: string
  readonly memory: MemoryLimit
  /** Of all channels together. */
  readonly writes: TurnWrites
  readonly runs: RunDirectory
}

/** Starts the code of a function, and finds out how to speak with it. A text: why it cannot be started. */
export async function launch(
  setting: LaunchSetting,
  spec: SandboxSpec,
): Promise<Launched | string> {
  const { runtime } = spec.version
  const found = await setting.runtimes.findCommand(runtime)
  if (found === undefined) return `nothing runs the runtime ${runtime}`
  const directories = await setting.codeDirectoryOf(spec)
  if (!isDirectory(directories.taskRoot)) return `there is no directory ${directories.taskRoot}`
  if (found.kind === 'node' || found.kind === 'python') {
    const command = bootstrapOf(setting, found, spec)
    return start(setting, { spec, directories, found, command })
  }
  const command = found.kind === 'client' ? found.command : ownBootstrap(directories)
  if (command === undefined) return `there is no executable bootstrap in ${directories.taskRoot}`
  const api = await openRuntimeApi()
  const launched = await start(setting, { spec, directories, found, command, api })
  if (typeof launched === 'string') api.close()
  return launched
}

function bootstrapOf(
  { bootstrapDirectory }: LaunchSetting,
  { kind, command }: InterpreterCommand,
  { version }: SandboxSpec,
): readonly string[] {
  if (kind === 'python') return [...command, join(bootstrapDirectory, 'python_bootstrap.py')]
  const script = join(bootstrapDirectory, 'node-bootstrap.mjs')
  return [...command, ...nodeHeapFlags(version.memoryMb), script]
}

/** Documented: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (the code's, else a layer's). */
function ownBootstrap({ taskRoot, optDirectory }: CodeDirectories): readonly string[] | undefined {
  const places = optDirectory === undefined ? [taskRoot] : [taskRoot, optDirectory]
  const path = places.map((place) => join(place, 'bootstrap')).find((place) => canRun(place))
  return path === undefined ? undefined : [path]
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

interface StartPlan {
  readonly spec: SandboxSpec
  readonly directories: CodeDirectories
  readonly found: RuntimeCommand
  readonly command: readonly string[]
  readonly api?: RuntimeApi
}

async function start(setting: LaunchSetting, plan: StartPlan): Promise<Launched | string> {
  const { spec, directories, command, api } = plan
  const { awsEndpointUrl } = setting
  const program = await startProgram({
    command,
    directory: directories.taskRoot,
    environment: functionEnvironment({
      spec,
      directories,
      runtimeDirectory: setting.bootstrapDirectory,
      ...interpreterDirectory(plan),
      ...(api === undefined ? {} : { runtimeApi: api.address }),
      ...(awsEndpointUrl === undefined ? {} : { awsEndpointUrl }),
    }),
    hasChannel: api === undefined,
  })
  if (typeof program === 'string') return program
  setting.runs.add(program.pid)
  return launchedOf(setting, plan, program)
}

/** A `bootstrap` is no interpreter: its directory holds the function's files. */
function interpreterDirectory({ found, command }: StartPlan): { interpreterDirectory?: string } {
  const [program = ''] = command
  if (found.kind === 'own' || !isAbsolute(program)) return {}
  return { interpreterDirectory: dirname(program) }
}

function launchedOf(setting: LaunchSetting, plan: StartPlan, program: StartedProgram): Launched {
  const { pid, channel } = program
  const { memoryMb } = plan.spec.version
  return {
    program,
    link: (events) => {
      if (plan.api !== undefined) return plan.api.link(events)
      if (channel !== undefined) return openChannelLink(channel, setting.writes, events)
      throw new Error('the program was given no channel')
    },
    guard: (watched) => setting.memory.guard({ pid, memoryMb, ...watched }),
    forget: () => setting.runs.remove(pid),
  }
}
