import { isJsonObject } from '../../base/json.ts'
import { parseAddress } from '../http/listen-address.ts'
import { settings, type Setting, type SettingName } from './settings.ts'

/** Where settings come from. A flag beats a variable, a variable beats the file. */
export interface ConfigurationSources {
  /** By the setting's name, as the command line gave them. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of the file that `config` names. */
  readonly file: string | undefined
}

/** Where a value was found, from the weakest to the strongest. */
export const ranks = { default: 0, alias: 1, file: 2, environment: 3, flag: 4 } as const

/** A value as it was found. */
export interface Given {
  readonly rank: number
  /** For messages: `--port`, `STAGEDOOR_PORT`, `port in the config file`. */
  readonly origin: string
  readonly value: unknown
}

/** The strongest value of each setting that was given. */
export type GivenSettings = Partial<Record<SettingName, Given>>

/** Looks everywhere. Adds a line to `problems` for what is no setting, and to `notices` for what does nothing. */
export function collectGiven(
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
  const members = parseJson(text, problems)
  if (!isJsonObject(members)) {
    if (members !== undefined) problems.push('the config file is not a JSON object')
    return {}
  }
  for (const name of Object.keys(members)) {
    if (name === 'config' || !settings.some((setting) => setting.name === name)) {
      problems.push(`${name} in the config file: there is no such setting${suggest(name, 'name')}`)
    }
  }
  return members
}

/** Undefined: it is no JSON, and `problems` says where. */
function parseJson(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problems.push(`the config file is not a JSON object: ${reason}`)
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
