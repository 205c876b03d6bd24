import { isRegion, type AccountId, type Region } from '../aws/identifiers.ts'
import { defaultQuotas, type QuotaName, type Quotas } from '../aws/limits.ts'
import { isJsonObject } from '../base/json.ts'
import {
  defaultAwsServices,
  parseAwsRole,
  parseServiceEndpoint,
  type ConfiguredAwsServices,
  type ConfiguredRole,
} from './management/aws-services.ts'
import {
  defaultFunctions,
  functionLogChoices,
  parseAwsEndpoint,
  parseEndpointUrl,
  parseFunctionRuntime,
  readCredentials,
  type ConfiguredFunctions,
} from './functions/function-settings.ts'
import {
  formatAddress,
  isLoopback,
  parseAddress,
  type ListenAddress,
} from './http/listen-address.ts'
import {
  parseRedisUrl,
  withoutStoreChoices,
  type ConfiguredRedis,
  type WithoutStore,
} from './redis-settings.ts'
import type { VpcLinkTargetAddress } from '../ports/vpc-link-targets.ts'
import { settings, type Setting, type SettingName } from './settings.ts'
import { parseVpcLinkTarget, type ConfiguredVpcLinkTargets } from './vpc-link-targets.ts'

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
export const logLevels = ['info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Where settings come from. A flag beats a variable, a variable beats the file. */
export interface ConfigurationSources {
  /** By the setting's name, as the command line gave them. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of the file that `config` names. */
  readonly file: string | undefined
}

/** Settings that cannot be understood or would be unsafe. The message has a line for each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Where a value was found, from the weakest to the strongest. */
const ranks = { default: 0, alias: 1, file: 2, environment: 3, flag: 4 } as const

interface Given {
  readonly rank: number
  /** For messages: `--port`, `STAGEDOOR_PORT`, `port in the config file`. */
  readonly origin: string
  readonly value: unknown
}

type GivenSettings = Partial<Record<SettingName, Given>>

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

/** Finds each setting's strongest value, checks it, and collects what is wrong. */
class SettingReader {
  readonly problems: string[] = []
  readonly notices: string[] = []
  readonly #given: GivenSettings
  readonly #environment: ConfigurationSources['environment']

  constructor(sources: ConfigurationSources) {
    this.#environment = sources.environment
    this.#given = collectGiven(sources, this.problems, this.notices)
  }

  text(name: SettingName, fallback: string, pattern: RegExp, expected: string): string {
    const given = this.#given[name]
    if (given === undefined) return fallback
    if (typeof given.value === 'string' && pattern.test(given.value)) return given.value
    this.#refuse(given, expected)
    return fallback
  }

  optionalText(name: SettingName): string | undefined {
    return this.#given[name] === undefined ? undefined : this.text(name, '', /./, 'a text')
  }

  oneOf<T extends string>(name: SettingName, fallback: T, choices: readonly T[]): T {
    const text = this.text(name, fallback, /./, choices.join(', '))
    const choice = choices.find((candidate) => candidate === text)
    const given = this.#given[name]
    if (choice === undefined && given !== undefined) this.#refuse(given, choices.join(', '))
    return choice ?? fallback
  }

  integer(name: SettingName, fallback: number, range: { min: number; max: number }): number {
    const given = this.#given[name]
    if (given === undefined) return fallback
    const value = toInteger(given.value)
    if (value !== undefined && value >= range.min && value <= range.max) return value
    this.#refuse(given, `a whole number from ${range.min} to ${range.max}`)
    return fallback
  }

  region(): Region {
    const text = this.text('region', 'us-east-1', /./, 'a region')
    const given = this.#given.region
    if (!isRegion(text) && given !== undefined) this.#refuse(given, 'a region')
    // One that is none has just been refused.
    return text as Region
  }

  flag(name: SettingName): boolean {
    const given = this.#given[name]
    if (given === undefined) return false
    if (given.value === true || given.value === 'true' || given.value === '1') return true
    if (given.value === false || given.value === 'false' || given.value === '0') return false
    this.#refuse(given, 'true or false')
    return false
  }

  list(name: SettingName): readonly string[] {
    const given = this.#given[name]
    if (given === undefined) return []
    const entries = typeof given.value === 'string' ? given.value.split(',') : given.value
    if (Array.isArray(entries) && entries.every((entry) => typeof entry === 'string')) {
      return entries.map((entry: string) => entry.trim()).filter((entry) => entry !== '')
    }
    this.#refuse(given, 'a list of texts')
    return []
  }

  address(name: SettingName): ListenAddress | undefined {
    const given = this.#given[name]
    if (given === undefined) return undefined
    const address = typeof given.value === 'string' ? parseAddress(given.value) : undefined
    if (address === undefined) this.#refuse(given, 'host:port, such as 0.0.0.0:8080 or [::]:8080')
    return address
  }

  /** The stronger source of `memory` and `dataDir` decides; from one source, memory does. */
  state(): Configuration['state'] {
    const directory = this.text('dataDir', '.stagedoor', /./, 'a directory')
    const memoryRank = this.flag('memory') ? (this.#given.memory?.rank ?? 0) : -1
    const directoryRank = this.#given.dataDir?.rank ?? ranks.default
    if (memoryRank < directoryRank) return { kind: 'sqlite', directory }
    if (memoryRank === directoryRank) {
      this.notices.push(`memory keeps nothing on disk: ${directory} is not used`)
    }
    return { kind: 'memory' }
  }

  quotas(): Quotas {
    const quotas: Record<QuotaName, number> = { ...defaultQuotas }
    for (const entry of this.list('quota')) {
      const [name = '', text = ''] = entry.split('=', 2)
      const value = toInteger(text)
      if (!isQuotaName(name)) {
        const known = Object.keys(defaultQuotas).join(', ')
        this.problems.push(`quota ${name} is unknown; there are ${known}`)
      } else if (value === undefined || value < 0 || value > 1e9) {
        this.problems.push(`quota ${entry}: expected ${name}= and a whole number up to 1000000000`)
      } else quotas[name] = value
    }
    return Object.freeze(quotas)
  }

  vpcLinkTargets(): ConfiguredVpcLinkTargets {
    const targets: Record<string, VpcLinkTargetAddress> = {}
    for (const entry of this.list('vpcLinkTarget')) {
      const parsed = parseVpcLinkTarget(entry)
      if (parsed === undefined) {
        const expected = 'the ARN of a load balancer, = and host:port or host'
        this.problems.push(`vpcLinkTarget ${entry}: expected ${expected}`)
      } else if (Object.hasOwn(targets, parsed.targetArn)) {
        this.problems.push(`vpcLinkTarget ${parsed.targetArn} is given twice`)
      } else targets[parsed.targetArn] = parsed.address
    }
    return Object.freeze(targets)
  }

  awsServices(): ConfiguredAwsServices {
    const endpoints = { ...defaultAwsServices.endpoints, ...this.#serviceEndpoints() }
    return Object.freeze({ endpoints: Object.freeze(endpoints), roles: this.#awsRoles() })
  }

  #serviceEndpoints(): Readonly<Record<string, string>> {
    const endpoints: Record<string, string> = {}
    for (const entry of this.list('awsEndpoint')) {
      const parsed = parseServiceEndpoint(entry)
      if (parsed === undefined) {
        const expected = 'a service or *, = and http://host:port, aws, or own (apigateway, lambda)'
        this.problems.push(`awsEndpoint ${entry}: expected ${expected}`)
      } else if (Object.hasOwn(endpoints, parsed.service)) {
        this.problems.push(`awsEndpoint ${parsed.service} is given twice`)
      } else endpoints[parsed.service] = parsed.endpoint
    }
    return endpoints
  }

  #awsRoles(): ConfiguredAwsServices['roles'] {
    const roles: Record<string, ConfiguredRole> = {}
    for (const entry of this.list('awsRole')) {
      const parsed = parseAwsRole(entry, this.#environment)
      if (parsed.outcome === 'malformed') {
        const expected =
          'the ARN of a role or *, = and account, environment or a prefix of variables'
        this.problems.push(`awsRole ${entry}: expected ${expected}`)
      } else if (parsed.outcome === 'no-key') {
        this.problems.push(`awsRole ${entry} needs ${parsed.variables} in the environment`)
      } else if (Object.hasOwn(roles, parsed.roleArn)) {
        this.problems.push(`awsRole ${parsed.roleArn} is given twice`)
      } else roles[parsed.roleArn] = parsed.role
    }
    return Object.freeze(roles)
  }

  lambdaEndpoint(): ConfiguredFunctions['endpoint'] {
    const given = this.#given.lambdaEndpoint
    if (given === undefined) return undefined
    const url = typeof given.value === 'string' ? parseEndpointUrl(given.value) : undefined
    const credentials = readCredentials(this.#environment)
    if (url === undefined) this.#refuse(given, 'http://host:port or https://host')
    if (credentials === undefined) {
      this.problems.push(
        `${given.origin} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment: calls ` +
          'are signed with them',
      )
    }
    if (url === undefined || credentials === undefined) return undefined
    return Object.freeze({ url, credentials })
  }

  /** The URL may hold a password: it is not shown. */
  redis(): ConfiguredRedis | undefined {
    const commandMs = this.integer('redisTimeout', 100, { min: 1, max: 10_000 })
    const given = this.#given.redisUrl
    if (given === undefined) return undefined
    const url = typeof given.value === 'string' ? parseRedisUrl(given.value) : undefined
    if (url === undefined) {
      this.problems.push(`${given.origin}: expected redis://host:port/0 or rediss://host:port/0`)
      return undefined
    }
    return Object.freeze({ url, commandMs })
  }

  functionAwsEndpoint(): ConfiguredFunctions['awsEndpoint'] {
    const given = this.#given.functionAwsEndpoint
    if (given === undefined) return defaultFunctions.awsEndpoint
    const endpoint = typeof given.value === 'string' ? parseAwsEndpoint(given.value) : undefined
    if (endpoint === undefined) this.#refuse(given, 'own, none or http://host:port')
    return endpoint ?? defaultFunctions.awsEndpoint
  }

  functionRuntimes(): ConfiguredFunctions['runtimeCommands'] {
    const commands: Record<string, readonly string[]> = {}
    for (const entry of this.list('functionRuntime')) {
      const parsed = parseFunctionRuntime(entry)
      if (parsed === undefined) {
        this.problems.push(`functionRuntime ${entry}: expected a runtime, = and a command`)
      } else if (Object.hasOwn(commands, parsed.runtime)) {
        this.problems.push(`functionRuntime ${parsed.runtime} is given twice`)
      } else commands[parsed.runtime] = parsed.command
    }
    return Object.freeze(commands)
  }

  #refuse({ origin, value }: Given, expected: string): void {
    this.problems.push(`${origin}: expected ${expected}, found ${JSON.stringify(value)}`)
  }
}

function collectGiven(
  sources: ConfigurationSources,
  problems: string[],
  notices: string[],
): GivenSettings {
  const given: GivenSettings = { ...readAliases(sources.environment, problems, notices) }
  const members = readFile(sources.file, problems)
  refuseUnknownVariables(sources.environment, problems)
  for (const { name, flag, environment } of settings) {
    const variable = sources.environment[environment]
    const value = sources.flags[name]
    const found: Given | undefined =
      value !== undefined
        ? { rank: ranks.flag, origin: flag, value }
        : variable !== undefined && variable !== ''
          ? { rank: ranks.environment, origin: environment, value: variable }
          : members[name] !== undefined
            ? { rank: ranks.file, origin: `${name} in the config file`, value: members[name] }
            : undefined
    if (found !== undefined) given[name] = found
  }
  return given
}

function readFile(text: string | undefined, problems: string[]): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  const members = parseJson(text)
  if (!isJsonObject(members)) {
    problems.push('the config file is not a JSON object')
    return {}
  }
  for (const name of Object.keys(members)) {
    if (name === 'config' || !settings.some((setting) => setting.name === name)) {
      problems.push(`${name} in the config file: there is no such setting${suggest(name, 'name')}`)
    }
  }
  return members
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuseUnknownVariables(
  environment: ConfigurationSources['environment'],
  problems: string[],
): void {
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('STAGEDOOR_') || variable.startsWith('STAGEDOOR_TEST_')) continue
    if (!settings.some((setting) => setting.environment === variable)) {
      problems.push(`${variable}: there is no such variable${suggest(variable, 'environment')}`)
    }
  }
}

/** What LocalStack's users have in their environment. Weaker than anything said to Stagedoor itself. */
function readAliases(
  environment: ConfigurationSources['environment'],
  problems: string[],
  notices: string[],
): GivenSettings {
  const given: GivenSettings = {}
  const alias = (origin: string, value: unknown): Given => ({ rank: ranks.alias, origin, value })
  const edgePort = environment['EDGE_PORT']
  if (edgePort !== undefined && edgePort !== '') given.port = alias('EDGE_PORT', edgePort)
  const listen = environment['GATEWAY_LISTEN']?.split(',')[0]
  if (listen !== undefined && listen !== '') {
    const address = parseAddress(listen)
    if (address === undefined) problems.push(`GATEWAY_LISTEN: expected host:port, found ${listen}`)
    else {
      given.host = alias('GATEWAY_LISTEN', address.host)
      given.port = alias('GATEWAY_LISTEN', address.port)
    }
  }
  if (environment['SERVICES'] !== undefined) {
    notices.push('SERVICES is ignored: every service that is built is always there')
  }
  return given
}

function suggest(unknown: string, key: 'name' | 'environment'): string {
  const bare = (text: string) => text.toLowerCase().replace(/^stagedoor_|[^a-z]/g, '')
  const near = settings.find((setting: Setting) =>
    bare(setting[key]).startsWith(bare(unknown).slice(0, 5)),
  )
  return near === undefined ? '' : `; did you mean ${near[key]}?`
}

function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

function isQuotaName(name: string): name is QuotaName {
  return Object.hasOwn(defaultQuotas, name)
}
