import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Socket } from 'node:net'
import { filesToCover } from './cover-files.ts'

type Child = ReturnType<typeof spawn>

/** A program to start. */
export interface StartOrder {
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** Working directory. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Whether the program speaks frames on its file descriptor 3. */
  readonly hasChannel: boolean
}

/** A program that runs, in a session and process group of its own. */
export interface StartedProgram {
  /** Of the program and of its group. */
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** The other end of its file descriptor 3. */
  readonly channel: Socket | undefined
  /** Monotonic. */
  readonly startedMs: number
  /** Calls back once, when it is gone: with its exit code or the signal that ended it. */
  onExit(tell: (code: number | null, signal: string | null) => void): void
}

/**
 * Starts a program. Its input is empty; it inherits no variable and no file of the server's. A text: why it
 * cannot be started.
 */
export async function startProgram(order: StartOrder): Promise<StartedProgram | string> {
  const [file, ...args] = order.command
  if (file === undefined) return 'no command'
  const startedMs = performance.now()
  let child: Child
  const nothing = openSync('/dev/null', 'r+')
  try {
    child = spawn(file, args, {
      cwd: order.directory,
      env: order.environment,
      detached: true,
      stdio: filesOf(order, nothing),
    })
  } catch (error) {
    return `${file} cannot be started: ${String(error)}`
  } finally {
    closeSync(nothing)
  }
  if (child.pid === undefined) return whyNotStarted(file, child)
  return started(child, { pid: child.pid, startedMs })
}

/** Its own files, and in the place of every other that it would inherit an empty one. */
function filesOf({ hasChannel }: StartOrder, nothing: number): ('ignore' | 'pipe' | number)[] {
  const own: ('ignore' | 'pipe' | number)[] = ['ignore', 'pipe', 'pipe']
  if (hasChannel) own.push('pipe')
  const others = Math.max(0, filesToCover() - own.length)
  return [...own, ...Array.from({ length: others }, () => nothing)]
}

/** A program that the system refused tells why in an event. */
async function whyNotStarted(file: string, child: Child): Promise<string> {
  const error = await new Promise<Error>((resolve) => child.once('error', resolve))
  return `${file} cannot be started: ${error.message}`
}

function started(
  child: Child,
  { pid, startedMs }: { readonly pid: number; readonly startedMs: number },
): StartedProgram | string {
  const { stdout, stderr } = child
  const channel = child.stdio[3]
  if (stdout === null || stderr === null) return 'the system gave no pipes'
  // A signal that cannot be sent, or a pipe that breaks, is told by the exit as well.
  child.on('error', () => undefined)
  stdout.on('error', () => undefined)
  stderr.on('error', () => undefined)
  return {
    pid,
    startedMs,
    stdout,
    stderr,
    channel: channel instanceof Socket ? channel : undefined,
    onExit: (tell) => void child.once('exit', tell),
  }
}
