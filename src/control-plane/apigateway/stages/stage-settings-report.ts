import type { DefinitionHash, RestApiId, Scope } from '../../../aws/identifiers.ts'
import type { Quotas } from '../../../aws/limits.ts'
import { invariant } from '../../../base/invariant.ts'
import type { OperatorLog } from '../../../ports/operator-log.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import { definitionLines } from '../../../snapshot/definition-codec.ts'
import type { ResourceDefinition } from '../../../snapshot/definition.ts'
import { wildcardMethodKey } from '../../../snapshot/stage-declaration.ts'
import { keys, type RestApiOwnerRecord, type StageRecord } from '../records.ts'
import { transact, type Transaction } from '../../transaction.ts'
import {
  effectiveSettings,
  unmatchedKeys,
  type DeployedMethod,
  type EffectiveMethodSettings,
} from './effective-settings.ts'
import { readStageChange, type StageChange } from './publish-stage.ts'
import { findStage } from './stage-records.ts'

/** What an operator sees of the method settings of a stage. */
export interface StageSettingsReport {
  readonly restApiId: string
  readonly stageName: string
  /** The stage's own deployment, then its canary's. */
  readonly deployments: readonly {
    readonly deploymentId: string
    readonly isCanary: boolean
    readonly methods: readonly EffectiveMethodSettings[]
  }[]
  /** Keys that no method of these deployments has. */
  readonly unmatchedKeys: readonly string[]
}

/**
 * Every setting of every method that a stage serves; undefined: there is no such stage.
 *
 * `yieldToOthers`: between slices of a large definition.
 */
export async function readStageSettings(
  { restApiId, stageName }: { readonly restApiId: string; readonly stageName: string },
  { store, quotas, yieldToOthers }: ReportContext,
): Promise<StageSettingsReport | undefined> {
  const stored = await transact(store, (tx) => readStored(tx, restApiId, stageName))
  if (stored === undefined) return undefined
  const { stage, served } = stored
  const read: ServedMethods[] = []
  for (const { definitionHash, ...each } of served) {
    read.push({ ...each, found: await readMethods(store, definitionHash, yieldToOthers) })
  }
  return {
    restApiId,
    stageName,
    deployments: read.map(({ found, ...each }) => ({
      ...each,
      methods: effectiveSettings(stage, found, quotas),
    })),
    unmatchedKeys: unmatchedKeys(
      stage.methodSettings,
      read.flatMap(({ found }) => found),
    ),
  }
}

interface Served {
  readonly deploymentId: string
  readonly isCanary: boolean
  readonly definitionHash: DefinitionHash
}

interface ServedMethods extends Omit<Served, 'definitionHash'> {
  readonly found: readonly DeployedMethod[]
}

async function readStored(
  tx: Transaction,
  restApiId: string,
  stageName: string,
): Promise<{ readonly stage: StageRecord; readonly served: readonly Served[] } | undefined> {
  const owner = await tx.get<RestApiOwnerRecord>(keys.restApiOwner(restApiId))
  if (owner === undefined) return undefined
  // Both were the scope of the call that made the API.
  const scope = owner as Scope
  const stage = await findStage(tx, scope, { restApiId, stageName })
  if (stage === undefined) return undefined
  // What was found under the id of an API is that API.
  const change = await readStageChange(tx, scope, { restApiId: restApiId as RestApiId, stage })
  const servedBy = (deploymentId: string, isCanary: boolean) => ({
    deploymentId,
    isCanary,
    definitionHash: change.definitionHashOf(deploymentId),
  })
  const { deploymentId, canarySettings } = stage
  const canary = canarySettings === undefined ? [] : [servedBy(canarySettings.deploymentId, true)]
  return { stage, served: [servedBy(deploymentId, false), ...canary] }
}

interface ReportContext {
  readonly store: StateStore
  readonly quotas: Quotas
  yieldToOthers(): Promise<void>
}

/**
 * Warns the operator of method settings that act on no method, where they, or what the stage serves, have
 * changed. Nothing is read for a stage that has no settings of single methods.
 */
export async function warnUnmatchedKeys(
  { store, log }: { readonly store: StateStore; readonly log: OperatorLog },
  { restApiId, stage, definitionHashOf }: StageChange,
  before: StageRecord | undefined,
): Promise<void> {
  const { methodSettings, deploymentId, canarySettings, stageName } = stage
  const own = Object.keys(methodSettings).filter((key) => key !== wildcardMethodKey)
  if (own.length === 0) return
  const served = new Set([deploymentId, canarySettings?.deploymentId ?? deploymentId])
  const known = new Set([before?.deploymentId, before?.canarySettings?.deploymentId])
  const isKnown = own.every((key) => Object.hasOwn(before?.methodSettings ?? {}, key))
  if (isKnown && [...served].every((id) => known.has(id))) return
  try {
    const methods: DeployedMethod[] = []
    for (const id of served) methods.push(...(await readMethods(store, definitionHashOf(id))))
    for (const key of unmatchedKeys(methodSettings, methods)) {
      log.warn('method-setting-of-no-method', { restApiId, stageName, key })
    }
  } catch (error) {
    // The stage is served by now, whether or not anybody can be warned.
    log.error('method-settings-not-checked', { restApiId, stageName, detail: String(error) })
  }
}

/** How many resources are read in one go: a millisecond or two. */
const resourcesPerSlice = 200

async function readMethods(
  store: StateStore,
  hash: DefinitionHash,
  yieldToOthers?: () => Promise<void>,
): Promise<readonly DeployedMethod[]> {
  const bytes = await store.findBlob(hash)
  invariant(bytes !== undefined, `definition ${hash} is stored`)
  const methods: DeployedMethod[] = []
  let resourcesCount = 0
  for (const line of definitionLines(bytes)) {
    if (line.kind !== 'resource') continue
    methods.push(...methodsOf(line.resource))
    resourcesCount += 1
    if (resourcesCount % resourcesPerSlice === 0) await yieldToOthers?.()
  }
  return methods
}

function methodsOf({ path, methods }: ResourceDefinition): readonly DeployedMethod[] {
  return Object.keys(methods).map((methodKey) => ({
    resourcePath: path,
    // A definition's methods have no other keys.
    methodKey: methodKey as DeployedMethod['methodKey'],
  }))
}
