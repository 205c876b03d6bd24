import type { FunctionRuntimes, RuntimeAvailability } from '../../ports/function-runtimes.ts'
import { pythonFinder, type FoundPython } from './find-python.ts'

/** A Node or Python that runs the in-house bootstrap of its language: the program and its arguments. */
export interface InterpreterCommand {
  readonly kind: 'node' | 'python'
  readonly command: readonly string[]
}

/** What runs the functions of a runtime. */
export type RuntimeCommand =
  | InterpreterCommand
  /** A program that speaks the HTTP Runtime API by itself. */
  | { readonly kind: 'client'; readonly command: readonly string[] }
  /** The function's own `bootstrap`, which speaks the HTTP Runtime API. */
  | { readonly kind: 'own' }

/** The runtimes of this machine, and what runs each. */
export interface CommandedRuntimes extends FunctionRuntimes {
  /** Looks for it where that was not done. Undefined: functions of the runtime cannot be run. */
  findCommand(runtime: string): Promise<RuntimeCommand | undefined>
}

export interface RuntimesOptions {
  /** What the operator named: by runtime, a program and its arguments. */
  readonly configured: ReadonlyMap<string, readonly string[]>
  /** The Node that runs functions of Node. Absent: the server's. */
  readonly node?: { readonly path: string; readonly version: string }
  /** Directories in which a Python is looked for, separated as PATH is. */
  readonly searchPath: string
}

/** As the SDK's model of Lambda names them, the newest last. */
const nodeRuntimes = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x']
const pythonRuntimes = [8, 9, 10, 11, 12, 13, 14, 15].map((minor) => `python3.${minor}`)
const ownRuntimes = ['provided.al2', 'provided.al2023']

/**
 * Node's runtimes run on one Node, newer than most of them; Python's on the Python of the same version, or
 * else on the machine's python3; others where the operator named a command. What differs from AWS is said
 * in the warning. A Python is looked for once, when somebody asks for its runtime.
 */
export function createRuntimes(options: RuntimesOptions): CommandedRuntimes {
  const { configured, searchPath } = options
  const node = options.node ?? { path: process.execPath, version: process.version.slice(1) }
  const findPython = pythonFinder(searchPath)
  const looking = new Map<string, Promise<FoundPython | undefined>>()
  /** Of those that were looked for; undefined: there is none. */
  const pythons = new Map<string, FoundPython | undefined>()

  const isPython = (runtime: string) => pythonRuntimes.includes(runtime) && !configured.has(runtime)

  function lookForPython(runtime: string): Promise<FoundPython | undefined> {
    const begun = looking.get(runtime)
    if (begun !== undefined) return begun
    const search = findPython(runtime).then((python) => {
      pythons.set(runtime, python)
      return python
    })
    looking.set(runtime, search)
    return search
  }

  async function look(runtime?: string): Promise<void> {
    const wanted = runtime === undefined ? pythonRuntimes : [runtime]
    await Promise.all(wanted.filter(isPython).map(lookForPython))
  }

  async function findCommand(runtime: string): Promise<RuntimeCommand | undefined> {
    const command = configured.get(runtime)
    if (command !== undefined) return commandOf(runtime, command)
    if (ownRuntimes.includes(runtime)) return { kind: 'own' }
    if (nodeRuntimes.includes(runtime)) return { kind: 'node', command: [node.path] }
    if (!pythonRuntimes.includes(runtime)) return undefined
    const python = await lookForPython(runtime)
    return python === undefined ? undefined : { kind: 'python', command: [python.path] }
  }

  function isAvailable(runtime: string): boolean {
    if (configured.has(runtime) || ownRuntimes.includes(runtime)) return true
    if (nodeRuntimes.includes(runtime)) return true
    if (!pythonRuntimes.includes(runtime)) return false
    return !pythons.has(runtime) || pythons.get(runtime) !== undefined
  }

  function find(runtime: string): RuntimeAvailability {
    // So that whoever asks again is told what is known by then.
    void look(runtime)
    if (!isAvailable(runtime)) return unavailable(runtime)
    const warning = configured.has(runtime) ? undefined : warningOf(runtime)
    return { outcome: 'available', ...(warning === undefined ? {} : { warning }) }
  }

  function warningOf(runtime: string): string | undefined {
    if (nodeRuntimes.includes(runtime)) {
      return node.version.startsWith(`${runtime.slice('nodejs'.length, -2)}.`)
        ? undefined
        : `${runtime} runs on Node.js ${node.version}. ${howToName(runtime, '/path/to/node')}`
    }
    const python = pythons.get(runtime)
    return python === undefined || `python${python.version}` === runtime
      ? undefined
      : `${runtime} runs on Python ${python.version}. ${howToName(runtime, '/path/to/python3')}`
  }

  function available(): readonly string[] {
    const known = [...nodeRuntimes, ...pythonRuntimes, ...ownRuntimes, ...configured.keys()]
    return [...new Set(known)].filter(isAvailable).sort()
  }

  return { look, find, available, findCommand }
}

/** A command for a language that has a bootstrap here is the language; any other is the whole runtime. */
function commandOf(runtime: string, command: readonly string[]): RuntimeCommand {
  if (/^nodejs\d/.test(runtime)) return { kind: 'node', command }
  return { kind: runtime.startsWith('python3') ? 'python' : 'client', command }
}

function unavailable(runtime: string): RuntimeAvailability {
  const why = pythonRuntimes.includes(runtime)
    ? 'there is no python3 on this machine'
    : 'no command is named for it'
  return {
    outcome: 'unavailable',
    detail: `Functions of the runtime ${runtime} cannot be run here: ${why}. ${howToName(runtime, 'COMMAND')}`,
  }
}

function howToName(runtime: string, command: string): string {
  return `Start the server with --function-runtime ${runtime}=${command} to name one.`
}
