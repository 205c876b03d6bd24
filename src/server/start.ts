import { readFile } from 'node:fs/promises'
import { flushCompileCache } from 'node:module'
import { StateStoreError } from '../ports/state-store.ts'
import {
  ConfigurationError,
  findConfigFile,
  parseConfiguration,
  type Configuration,
} from './configuration/configuration.ts'
import { createGateway, type RunningGateway } from './gateway.ts'
import { ListenError } from './http/listener.ts'
import { createServerLog, type ServerLog } from './log.ts'

/**
 * `stagedoor start`: runs a gateway until a signal ends it. Resolves to the exit code: 0 when it ended
 * as it was told to, 1 when it could not run, 2 when a setting is wrong.
 *
 * `flags`: what the command line gave, by the setting's name.
 */
export async function startServer(flags: Readonly<Record<string, unknown>>): Promise<number> {
  try {
    const configuration = await readConfiguration(flags)
    return await serve(configuration)
  } catch (error) {
    process.stderr.write(`stagedoor: ${explain(error)}\n`)
    return error instanceof ConfigurationError ? 2 : 1
  }
}

async function readConfiguration(flags: Readonly<Record<string, unknown>>): Promise<Configuration> {
  const environment = process.env
  const path = findConfigFile({ flags, environment })
  const file = path === undefined ? undefined : await readConfigFile(path)
  return parseConfiguration({ flags, environment, file })
}

async function readConfigFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError(`the config file ${path} (--config) cannot be read: ${reason}`)
  })
}

async function serve(configuration: Configuration): Promise<number> {
  const log = createServerLog(configuration.logLevel)
  endOnBug(log)
  const starting = createGateway({ configuration, log })
  const ended = Promise.withResolvers<boolean>()
  let askedMs: number | undefined
  const onSignal = () => {
    const nowMs = performance.now()
    if (askedMs !== undefined && nowMs - askedMs < echoMs) return
    askedMs ??= nowMs
    // One that comes while the server starts is obeyed when there is something to close.
    starting.then((gateway) => gateway.close()).then(ended.resolve, ended.reject)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal)
  const gateway = await starting
  if (askedMs === undefined) process.stdout.write(readyText(configuration, gateway))
  // Where a compile cache is kept (npm start keeps one), a server that is killed leaves it behind too.
  flushCompileCache()
  const isFinished = await ended.promise
  if (!isFinished) log.warn('requests-cut-off', { deadlineMs: configuration.shutdownDeadlineMs })
  await log.flush()
  return 0
}

/** Whoever stops a group of processes often sends the signal twice: directly, and through a parent. */
const echoMs = 500

/** Our own bug, somewhere no answer could be given: say it, and let whoever supervises start anew. */
function endOnBug(log: ServerLog): void {
  const end = (error: unknown) => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error('server-bug', { detail })
    void log.flush().finally(() => process.exit(70))
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

/** The endpoint, and a command to try that needs no name to resolve. */
function readyText(configuration: Configuration, { url, gatewayUrl }: RunningGateway): string {
  const { state, region, workerCount, notices } = configuration
  const where = state.kind === 'memory' ? 'in memory, gone at the end' : `in ${state.directory}`
  const lines = [
    ...notices.map((notice) => `Note: ${notice}.`),
    `Stagedoor at ${url} (state ${where}; ${workerCount} worker${workerCount === 1 ? '' : 's'})`,
    ...(gatewayUrl === undefined ? [] : [`Execute-api alone at ${gatewayUrl}`]),
    'Try:',
    `  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\`,
    `    aws --endpoint-url ${url} --region ${region} apigateway create-rest-api --name shop`,
    'A stage answers at',
    `  ${gatewayUrl ?? url}/_aws/execute-api/{apiId}/{stage}/`,
    'Ready.',
  ]
  return `${lines.join('\n')}\n`
}

/** What went wrong, for a person: causes that are the operator's to mend have no stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isOperators = [ConfigurationError, StateStoreError, ListenError].some(
    (kind) => error instanceof kind,
  )
  if (!isOperators) return error.stack ?? error.message
  // A line for each thing that is wrong.
  return error.message.replaceAll('\n', '\nstagedoor: ')
}
