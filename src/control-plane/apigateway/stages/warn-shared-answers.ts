import { invariant } from '../../../base/invariant.ts'
import type { OperatorLog } from '../../../ports/operator-log.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import { definitionLines, type ApiHead } from '../../../snapshot/definition-codec.ts'
import type { MethodDefinition, ResourceDefinition } from '../../../snapshot/definition.ts'
import {
  compileMethodSettings,
  findMethodSettingIn,
  type MethodSettingTable,
} from '../../../snapshot/method-setting-table.ts'
import type { StageRecord } from '../records.ts'
import type { StageChange } from './publish-stage.ts'

/** Lines about one deployment of a stage. */
const linesMax = 20

/**
 * Warns the operator of cached methods that ask who calls and give every caller the same answer: nothing of what
 * their cache key is made of tells one caller from another. Looks where the caching, or what the stage serves,
 * has changed; nothing is read for a stage without a cache.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
export async function warnSharedAnswers(
  { store, log }: { readonly store: StateStore; readonly log: OperatorLog },
  { restApiId, stage, definitionHashOf }: StageChange,
  before: StageRecord | undefined,
): Promise<void> {
  if (!isCaching(stage) || (before !== undefined && isSame(stage, before))) return
  const { stageName, deploymentId, canarySettings } = stage
  const served = new Set([deploymentId, canarySettings?.deploymentId ?? deploymentId])
  const table = compileMethodSettings(stage.methodSettings)
  try {
    for (const id of served) {
      const bytes = await store.findBlob(definitionHashOf(id))
      invariant(bytes !== undefined, `the definition of deployment ${id} is stored`)
      for (const method of sharedMethods(bytes, table).slice(0, linesMax)) {
        log.warn('cached-for-every-caller', { restApiId, stageName, method, detail })
      }
    }
  } catch (error) {
    // The stage is served by now, whether or not anybody can be warned.
    log.error('cache-keys-not-checked', { restApiId, stageName, detail: String(error) })
  }
}

const detail =
  'the method asks who calls, and nothing of its cache key says so: each caller gets what another one was answered'

function isCaching({ cacheClusterEnabled, methodSettings }: StageRecord): boolean {
  return cacheClusterEnabled && Object.values(methodSettings).some((each) => each.cachingEnabled)
}

function isSame(stage: StageRecord, before: StageRecord): boolean {
  const cachingOf = ({ cacheClusterEnabled, methodSettings }: StageRecord) =>
    JSON.stringify([
      cacheClusterEnabled,
      Object.entries(methodSettings).map(([key, each]) => [
        key,
        each.cachingEnabled && each.cacheTtlInSeconds > 0,
      ]),
    ])
  return (
    stage.deploymentId === before.deploymentId &&
    stage.canarySettings?.deploymentId === before.canarySettings?.deploymentId &&
    cachingOf(stage) === cachingOf(before)
  )
}

function sharedMethods(bytes: Uint8Array, table: MethodSettingTable): readonly string[] {
  const found: string[] = []
  let head: ApiHead | undefined
  for (const line of definitionLines(bytes)) {
    if (line.kind === 'api') head = line.head
    if (line.kind !== 'resource' || head === undefined) continue
    found.push(...sharedMethodsOf(line.resource, head, table))
  }
  return found
}

function sharedMethodsOf(
  { path, methods }: ResourceDefinition,
  head: ApiHead,
  table: MethodSettingTable,
): readonly string[] {
  return Object.entries(methods).flatMap(([methodKey, method]) => {
    const verb = methodKey === 'ANY' ? 'GET' : methodKey
    const asks = method.apiKeyRequired || method.authorizationType !== 'NONE'
    if (!asks || !isCached(table, path, verb) || tellsCallersApart(method, head)) return []
    return [`${methodKey} ${path}`]
  })
}

function isCached(table: MethodSettingTable, path: string, verb: string): boolean {
  const found = findMethodSettingIn(table, path, verb)
  if (found === undefined || (!found.isOwn && verb !== 'GET')) return false
  return found.setting.cachingEnabled && found.setting.cacheTtlInSeconds > 0
}

/** A header, whatever its name, what an authorizer reads, and what it says of the caller. */
function tellsCallersApart(
  { integration, authorizerId }: MethodDefinition,
  { authorizers }: ApiHead,
): boolean {
  const { cacheKeyParameters = [], requestParameters = {} } = integration
  const identitySource = authorizers[authorizerId ?? '']?.identitySource ?? ''
  const sources = identitySource.split(',').map((source) => source.trim())
  return cacheKeyParameters.some((parameter) => {
    const source = requestParameters[parameter] ?? parameter
    if (/^method\.request\.(?:multivalue)?header\./.test(source)) return true
    if (/^context\.(?:authorizer|identity)\./.test(source)) return true
    return sources.includes(source)
  })
}
