import { isRegion, type Region } from '../../aws/identifiers.ts'
import { defaultQuotas, type QuotaName, type Quotas } from '../../aws/limits.ts'
import {
  defaultAwsServices,
  parseAwsRole,
  parseServiceEndpoint,
  type ConfiguredAwsServices,
} from '../management/aws-services.ts'
import {
  defaultFunctions,
  parseAwsEndpoint,
  parseEndpointUrl,
  parseFunctionRuntime,
  readCredentials,
  type ConfiguredFunctions,
} from '../functions/function-settings.ts'
import { parseAddress, type ListenAddress } from '../http/listen-address.ts'
import { parseRedisUrl, type ConfiguredRedis } from './redis-settings.ts'
import type { SettingName } from './settings.ts'
import { parseVpcLinkTarget, type ConfiguredVpcLinkTargets } from './vpc-link-targets.ts'
import type { Configuration } from './configuration.ts'
import {
  collectGiven,
  ranks,
  type ConfigurationSources,
  type Given,
  type GivenSettings,
} from './given-settings.ts'

/** Finds each setting's strongest value, checks it, and collects what is wrong. */
export class SettingReader {
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
        this.#refuseEntry('quota', `${name} is unknown; there are ${known}`)
      } else if (value === undefined || value < 0 || value > 1e9) {
        this.#refuseEntry(
          'quota',
          `${entry}: expected ${name}= and a whole number up to 1000000000`,
        )
      } else quotas[name] = value
    }
    return Object.freeze(quotas)
  }

  vpcLinkTargets(): ConfiguredVpcLinkTargets {
    const expected = 'the ARN of a load balancer, = and host:port or host'
    return this.#table('vpcLinkTarget', expected, (entry) => {
      const parsed = parseVpcLinkTarget(entry)
      return parsed && [parsed.targetArn, parsed.address]
    })
  }

  awsServices(): ConfiguredAwsServices {
    const expected = 'a service or *, = and http://host:port, aws, or own (apigateway, lambda)'
    const named = this.#table('awsEndpoint', expected, (entry) => {
      const parsed = parseServiceEndpoint(entry)
      return parsed && [parsed.service, parsed.endpoint]
    })
    const endpoints = Object.freeze({ ...defaultAwsServices.endpoints, ...named })
    return Object.freeze({ endpoints, roles: this.#awsRoles() })
  }

  #awsRoles(): ConfiguredAwsServices['roles'] {
    const expected = 'the ARN of a role or *, = and account, environment or a prefix of variables'
    return this.#table('awsRole', expected, (entry) => {
      const parsed = parseAwsRole(entry, this.#environment)
      if (parsed.outcome === 'malformed') return undefined
      if (parsed.outcome === 'role') return [parsed.roleArn, parsed.role]
      return `needs ${parsed.variables} in the environment`
    })
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
    return this.#table('functionRuntime', 'a runtime, = and a command', (entry) => {
      const parsed = parseFunctionRuntime(entry)
      return parsed && [parsed.runtime, parsed.command]
    })
  }

  /**
   * What a list of `key=value` says, by its keys. `parse` answers undefined for what it cannot understand, a
   * text for what else is wrong with an entry.
   */
  #table<T>(
    name: SettingName,
    expected: string,
    parse: (entry: string) => readonly [key: string, value: T] | string | undefined,
  ): Readonly<Record<string, T>> {
    const table: Record<string, T> = {}
    for (const entry of this.list(name)) {
      const parsed = parse(entry)
      if (parsed === undefined) this.#refuseEntry(name, `${entry}: expected ${expected}`)
      else if (typeof parsed === 'string') this.#refuseEntry(name, `${entry} ${parsed}`)
      else if (Object.hasOwn(table, parsed[0])) {
        this.#refuseEntry(name, `${parsed[0]} is given twice`)
      } else table[parsed[0]] = parsed[1]
    }
    return Object.freeze(table)
  }

  #refuseEntry(name: SettingName, problem: string): void {
    this.problems.push(`${this.#given[name]?.origin ?? name}: ${problem}`)
  }

  #refuse({ origin, value }: Given, expected: string): void {
    this.problems.push(`${origin}: expected ${expected}, found ${JSON.stringify(value)}`)
  }
}

function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

function isQuotaName(name: string): name is QuotaName {
  return Object.hasOwn(defaultQuotas, name)
}
