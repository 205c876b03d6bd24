import type { AccountId, Region } from '../../aws/identifiers.ts'
import type { Quotas } from '../../aws/limits.ts'
import type { ConfiguredAwsServices } from '../management/aws-services.ts'
import {
  defaultFunctions,
  functionLogChoices,
  type ConfiguredFunctions,
} from '../functions/function-settings.ts'
import { formatAddress, isLoopback, type ListenAddress } from '../http/listen-address.ts'
import { withoutStoreChoices, type ConfiguredRedis, type WithoutStore } from './redis-settings.ts'
import type { ConfiguredVpcLinkTargets } from './vpc-link-targets.ts'
import type { ConfigurationSources } from './given-settings.ts'
import { SettingReader } from './setting-reader.ts'

/** What `stagedoor start` was told, checked and complete. */
export interface Configuration {
  readonly main: ListenAddress
  /** Execute-api's own address; undefined: it is on the main one only. */
  readonly gateway: ListenAddress | undefined
  readonly state:
    | { readonly kind: 'memory' }
    | { readonly kind: 'sqlite'; readonly directory: string }
  readonly account: AccountId
  readonly region: Region
  readonly workerCount: number
  readonly quotas: Quotas
  readonly allowReset: boolean
  /** Lower case, without port: names of this server beyond those it knows itself by. */
  readonly managementHosts: readonly string[]
  readonly upstreamCaFile: string | undefined
  /** Bytes of all caches of stages in this process; 0: half of the memory that there is. */
  readonly cacheBytesMax: number
  readonly cacheKeyFile: string | undefined
  readonly vpcLinkTargets: ConfiguredVpcLinkTargets
  readonly awsServices: ConfiguredAwsServices
  readonly functions: ConfiguredFunctions
  /** Undefined: this gateway counts and caches for itself. */
  readonly redis: ConfiguredRedis | undefined
  readonly countersWithoutStore: WithoutStore
  /** Requests whose trace each worker keeps; 0: none. */
  readonly traceRequests: number
  /** A test may move the time of throttles, quotas, caches and lifetimes. */
  readonly testClock: boolean
  readonly shutdownDelayMs: number
  readonly shutdownDeadlineMs: number
  readonly logLevel: LogLevel
  /** Sentences for the operator about settings that were understood in another way. */
  readonly notices: readonly string[]
}

/** The least severe lines that are written. */
const logLevels = ['info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Settings that cannot be understood or would be unsafe. The message has a line for each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/**
 * The configuration that the sources say.
 *
 * Unknown members of the file and unknown STAGEDOOR_ variables are refused: a misspelt restriction must
 * not be a restriction that is silently absent. STAGEDOOR_TEST_ is left to test suites. GATEWAY_LISTEN
 * and EDGE_PORT, which LocalStack users have set, stand for `host` and `port` where nothing else does.
 *
 * @throws {ConfigurationError} with everything that is wrong.
 */
export function parseConfiguration(sources: ConfigurationSources): Configuration {
  const reader = new SettingReader(sources)
  const configuration = readConfiguration(reader)
  if (reader.problems.length > 0) throw new ConfigurationError(reader.problems.join('\n'))
  return Object.freeze(configuration)
}

/** The config file that flags or environment name; undefined: none. */
export function findConfigFile(sources: Omit<ConfigurationSources, 'file'>): string | undefined {
  const named = sources.flags['config'] ?? sources.environment['STAGEDOOR_CONFIG']
  return typeof named === 'string' && named !== '' ? named : undefined
}

function readConfiguration(reader: SettingReader): Configuration {
  const main = {
    host: reader.text('host', '127.0.0.1', /^\S+$/, 'an address or a name'),
    port: reader.integer('port', 4566, { min: 0, max: 65_535 }),
  }
  const auth = reader.text('auth', 'off', /^\w+$/, 'off')
  if (auth === 'iam') reader.problems.push('--auth iam is not built yet; the only mode is off')
  else if (auth !== 'off') reader.problems.push(`--auth ${auth} is unknown; the only mode is off`)
  const fromNetwork = reader.flag('allowUnauthenticatedManagementFromNetwork')
  if (!isLoopback(main.host) && !fromNetwork) {
    reader.problems.push(
      `--host ${main.host} lets others reach the management API, and with --auth off it asks nobody ` +
        'who they are. Keep --host on loopback and publish execute-api alone with --gateway-listen, ' +
        'or accept the risk with --allow-unauthenticated-management-from-network',
    )
  }
  const gateway = reader.address('gatewayListen')
  if (gateway !== undefined && isSameAddress(main, gateway)) {
    reader.problems.push(
      `--gateway-listen ${formatAddress(gateway)} is the address of --host and --port, which carries ` +
        'everything; give execute-api another port',
    )
  }
  return {
    main,
    gateway,
    state: reader.state(),
    // The pattern is the brand's meaning.
    account: reader.text('account', '000000000000', /^\d{12}$/, '12 digits') as AccountId,
    region: reader.region(),
    workerCount: reader.integer('workers', 1, { min: 1, max: 64 }),
    quotas: reader.quotas(),
    allowReset: reader.flag('allowReset'),
    managementHosts: reader.list('managementHost').map((name) => name.toLowerCase()),
    upstreamCaFile: reader.optionalText('upstreamCa'),
    cacheBytesMax: 1024 ** 2 * reader.integer('cacheMemory', 0, { min: 0, max: 1_048_576 }),
    cacheKeyFile: reader.optionalText('cacheKeyFile'),
    vpcLinkTargets: reader.vpcLinkTargets(),
    awsServices: reader.awsServices(),
    functions: readFunctions(reader),
    redis: reader.redis(),
    countersWithoutStore: reader.oneOf('countersWhenStoreIsGone', 'local', withoutStoreChoices),
    traceRequests: reader.integer('traceRequests', 0, { min: 0, max: 10_000 }),
    testClock: reader.flag('testClock'),
    shutdownDelayMs: 1000 * reader.integer('shutdownDelay', 0, { min: 0, max: 3600 }),
    shutdownDeadlineMs: 1000 * reader.integer('shutdownDeadline', 25, { min: 0, max: 3600 }),
    logLevel: reader.oneOf('logLevel', 'info', logLevels),
    notices: reader.notices,
  }
}

function readFunctions(reader: SettingReader): ConfiguredFunctions {
  const { sandboxesMax, idleMs, log } = defaultFunctions
  return Object.freeze({
    endpoint: reader.lambdaEndpoint(),
    runtimeCommands: reader.functionRuntimes(),
    sandboxesMax: reader.integer('functionProcesses', sandboxesMax, { min: 1, max: 10_000 }),
    idleMs: 1000 * reader.integer('functionIdleSeconds', idleMs / 1000, { min: 1, max: 86_400 }),
    log: reader.oneOf('functionLog', log, functionLogChoices),
    awsEndpoint: reader.functionAwsEndpoint(),
  })
}

/** Port 0 is another one each time. */
function isSameAddress(one: ListenAddress, other: ListenAddress): boolean {
  return (
    one.port !== 0 && one.port === other.port && one.host.toLowerCase() === other.host.toLowerCase()
  )
}
