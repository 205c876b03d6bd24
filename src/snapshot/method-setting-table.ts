import { deepFreeze } from '../base/freeze.ts'
import { wildcardMethodKey, type MethodSetting } from './stage-declaration.ts'

/** The settings that a stage has for a method, and the entry that they stand in. */
export interface FoundMethodSetting {
  readonly setting: MethodSetting
  /** As AWS keeps it: `~1pets/GET`, or that of all methods. */
  readonly key: string
  /** False: the entry is that of all methods, whose caching is for GET alone. */
  readonly isOwn: boolean
}

/** The method settings of a stage, by what they are for. */
export interface MethodSettingTable {
  /** By the path of a resource, then by verb. */
  readonly own: ReadonlyMap<string, ReadonlyMap<string, FoundMethodSetting>>
  /** Of every method that has no entry of its own; undefined: there is none. */
  readonly ofAll: FoundMethodSetting | undefined
}

/**
 * Reads the keys of a stage's method settings, so that no request has to make one.
 *
 * A key is read escaped, with its leading slash (`~1pets/GET`), as the console and the SDKs write it, and
 * without (`pets/GET`), as AWS stores what was sent unescaped. Where both are there the escaped one counts.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
export function compileMethodSettings(
  methodSettings: Readonly<Record<string, MethodSetting>>,
): MethodSettingTable {
  const own = new Map<string, Map<string, FoundMethodSetting>>()
  let ofAll: FoundMethodSetting | undefined
  const entries = Object.entries(methodSettings).map(([key, setting]) => ({ key, setting }))
  for (const { key, setting } of entries) {
    if (key === wildcardMethodKey) ofAll = deepFreeze({ setting, key, isOwn: false })
    else addOwn(own, unescapedPlaceOf(key), deepFreeze({ setting, key, isOwn: true }))
  }
  for (const { key, setting } of entries) {
    const place = escapedPlaceOf(key)
    if (place !== undefined) addOwn(own, place, deepFreeze({ setting, key, isOwn: true }))
  }
  return Object.freeze({ own, ofAll })
}

/**
 * The settings of a verb of a resource: its own entry, else that of all methods; undefined when there is
 * neither.
 *
 * Cost: two look-ups by strings that the deployment has made.
 */
export function findMethodSettingIn(
  { own, ofAll }: MethodSettingTable,
  resourcePath: string,
  verb: string,
): FoundMethodSetting | undefined {
  return own.get(resourcePath)?.get(verb) ?? ofAll
}

interface MethodPlace {
  readonly resourcePath: string
  readonly verb: string
}

function addOwn(
  own: Map<string, Map<string, FoundMethodSetting>>,
  { resourcePath, verb }: MethodPlace,
  found: FoundMethodSetting,
): void {
  let verbs = own.get(resourcePath)
  if (verbs === undefined) own.set(resourcePath, (verbs = new Map()))
  verbs.set(verb, found)
}

/** Undefined: the path of the key is not what escaping would have made. */
function escapedPlaceOf(key: string): MethodPlace | undefined {
  const { path, verb } = splitKey(key)
  const resourcePath = path.replaceAll('~1', '/').replaceAll('~0', '~')
  const isEscaped = resourcePath.replaceAll('~', '~0').replaceAll('/', '~1') === path
  return isEscaped && resourcePath.startsWith('/') ? { resourcePath, verb } : undefined
}

function unescapedPlaceOf(key: string): MethodPlace {
  const { path, verb } = splitKey(key)
  return { resourcePath: `/${path}`, verb }
}

function splitKey(key: string): { readonly path: string; readonly verb: string } {
  const slash = key.lastIndexOf('/')
  return { path: key.slice(0, Math.max(slash, 0)), verb: key.slice(slash + 1) }
}
