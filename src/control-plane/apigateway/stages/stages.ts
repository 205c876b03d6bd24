import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  CreateStageRequest,
  UpdateStageRequest,
} from '../../../aws/models/apigateway-types.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision, type Transaction } from '../../transaction.ts'
import { holdClientCertificate } from '../client-certificates/client-certificate-records.ts'
import type { ApiGatewayContext } from '../context.ts'
import { findDocumentationVersion } from '../documentation/documentation-versions.ts'
import { getRestApi } from '../lookup.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type AccountRecord, type StageRecord } from '../records.ts'
import { checkTags } from '../tags/tag-rules.ts'
import { unenforcedOfStage, warnUnenforced } from '../unenforced-settings.ts'
import { detachStages } from '../usage-plans/plan-members.ts'
import { publishUsagePlans } from '../usage-plans/usage-plan-records.ts'
import {
  deploymentIdsOf,
  publishStage,
  readStageChange,
  type StageChange,
} from './publish-stage.ts'
import { stageAnswer } from './stage-answer.ts'
import {
  checkDocumentationVersion,
  getDeploymentNamed,
  type StagePatchEnvironment,
} from './stage-patch-environment.ts'
import { stagePatchTable } from './stage-patch-paths.ts'
import {
  findDeployment,
  findStage,
  getStage,
  newCanary,
  newStage,
  withStageSettings,
} from './stage-records.ts'
import { stageRefusals } from './stage-refusals.ts'
import { warnUnmatchedKeys } from './stage-settings-report.ts'
import {
  checkPercentTraffic,
  checkStageCounts,
  checkStageVariables,
  parseStageName,
} from './stage-validation.ts'
import { warnSharedAnswers } from './warn-shared-answers.ts'

/** The operations on stages. Each that writes answers when the data plane serves what it wrote. */
export const stages = {
  async CreateStage(input, context) {
    const { result: change, revision } = await transactWithRevision(context.store, (tx) =>
      createStage(tx, input, context),
    )
    await publishStage(context, change, revision)
    await warnOfStage(context, change)
    return stageAnswer(change.stage)
  },

  async GetStage(input, { scope, store }) {
    return transact(store, async (tx) => {
      await getRestApi(tx, scope, input.restApiId)
      return stageAnswer(await getStage(tx, scope, input))
    })
  },

  async GetStages({ restApiId, deploymentId }, { scope, store }) {
    return transact(store, async (tx) => {
      await getRestApi(tx, scope, restApiId)
      const listed = await tx.list<StageRecord>(keys.stages(scope, restApiId))
      const item = listed
        .map(({ value }) => value)
        .filter((stage) => deploymentId === undefined || stage.deploymentId === deploymentId)
        .map(stageAnswer)
      return { item }
    })
  },

  async UpdateStage(input, context) {
    const { result, revision } = await transactWithRevision(context.store, (tx) =>
      updateStage(tx, input, context),
    )
    await publishStage(context, result.change, revision)
    await warnOfStage(context, result.change, result.before)
    return stageAnswer(result.change.stage)
  },

  /**
   * Answers when no worker, of this gateway or of another that shares its store, finds anything any more.
   *
   * Chosen: docs/decisions/0012-documentation-account-and-caches.md (a stage without a cluster)
   */
  async FlushStageCache(input, { scope, store, stageCaches }) {
    const place = await transact(store, async (tx) => {
      const { id: restApiId } = await getRestApi(tx, scope, input.restApiId)
      const { stageName, cacheClusterEnabled } = await getStage(tx, scope, input)
      if (!cacheClusterEnabled) throw stageRefusals.noCacheCluster()
      return { ...scope, restApiId, stageName }
    })
    await stageCaches.flush(place)
    return {}
  },

  /** Results of authorizers are not cached yet: there is nothing to flush. */
  async FlushStageAuthorizersCache(input, { scope, store }) {
    return transact(store, async (tx) => {
      await getRestApi(tx, scope, input.restApiId)
      await getStage(tx, scope, input)
      return {}
    })
  },

  /** The stage leaves the usage plans that it is in. */
  async DeleteStage(input, context) {
    const { scope, store, feed } = context
    const { result, revision } = await transactWithRevision(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const { stageName } = await getStage(tx, scope, input)
      tx.remove(keys.stage(scope, api.id, stageName))
      tx.put(keys.restApi(scope, api.id), api)
      const stage = { restApiId: api.id, stageName }
      return { stage, plans: await detachStages(tx, scope, stage) }
    })
    await publishUsagePlans(context, result.plans, revision)
    await feed.publish({ kind: 'stage-removed', ...result.stage, revision })
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** Refused in this order: API, name, variables, canary, tags, deployment, documentation version, canary's deployment, name taken, quota. */
async function createStage(
  tx: Transaction,
  input: CreateStageRequest,
  { scope, clock, quotas }: ApiGatewayContext,
): Promise<StageChange> {
  const api = await getRestApi(tx, scope, input.restApiId)
  const stageName = parseStageName(input.stageName)
  const { canarySettings, documentationVersion, tags } = input
  checkStageVariables(input.variables, quotas)
  checkStageVariables(canarySettings?.stageVariableOverrides, quotas)
  checkPercentTraffic(canarySettings?.percentTraffic ?? 0)
  checkTags(tags ?? {}, quotas)
  const environment = surroundingsOf(tx, scope, api.id)
  const deployment = await getDeploymentNamed(input.deploymentId, environment)
  if (documentationVersion) await checkDocumentationVersion(documentationVersion, environment)
  const now = Math.floor(clock.nowMs() / 1000)
  const stage: StageRecord = {
    ...withStageSettings(newStage(stageName, deployment.id, now), pickSettings(input)),
    ...(documentationVersion === undefined || documentationVersion === ''
      ? {}
      : { documentationVersion }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...(canarySettings === undefined
      ? {}
      : {
          canarySettings: newCanary(
            (await getDeploymentNamed(canarySettings.deploymentId ?? deployment.id, environment))
              .id,
            canarySettings,
          ),
        }),
  }
  if ((await findStage(tx, scope, { restApiId: api.id, stageName })) !== undefined) {
    throw stageRefusals.stageExists()
  }
  const existing = await tx.list(keys.stages(scope, api.id))
  if (existing.length >= quotas.stagesPerApi) throw stageRefusals.tooManyStages()
  tx.put(keys.stage(scope, api.id, stageName), stage)
  tx.put(keys.restApi(scope, api.id), api)
  return readStageChange(tx, scope, { restApiId: api.id, stage })
}

function pickSettings(input: CreateStageRequest): Parameters<typeof withStageSettings>[1] {
  const { description, variables, cacheClusterEnabled, cacheClusterSize, tracingEnabled } = input
  return { description, variables, cacheClusterEnabled, cacheClusterSize, tracingEnabled }
}

async function updateStage(
  tx: Transaction,
  input: UpdateStageRequest,
  { scope, clock, quotas }: ApiGatewayContext,
): Promise<{ readonly before: StageRecord; readonly change: StageChange }> {
  const { id: restApiId } = await getRestApi(tx, scope, input.restApiId)
  const before = await getStage(tx, scope, input)
  const patched = await applyPatchOperations(stagePatchTable, before, input.patchOperations ?? [], {
    account: (await tx.get<AccountRecord>(keys.account(scope))) ?? {},
    holdClientCertificate: (id) => holdClientCertificate(tx, scope, id),
    quotas,
    ...surroundingsOf(tx, scope, restApiId),
  })
  checkStageCounts(patched, quotas)
  const stage = { ...patched, lastUpdatedDate: Math.floor(clock.nowMs() / 1000) }
  tx.put(keys.stage(scope, restApiId, stage.stageName), stage)
  await holdDeployments(tx, scope, { restApiId, before, after: stage })
  return { before, change: await readStageChange(tx, scope, { restApiId, stage }) }
}

/**
 * Writes the deployments again that a stage comes to serve, so that their deletion, which looks at all
 * stages, meets this change as a conflict and not too late.
 */
async function holdDeployments(
  tx: Transaction,
  scope: Scope,
  stage: { readonly restApiId: string; readonly before: StageRecord; readonly after: StageRecord },
): Promise<void> {
  const { restApiId, before, after } = stage
  const known = deploymentIdsOf(before)
  for (const deploymentId of deploymentIdsOf(after)) {
    if (known.includes(deploymentId)) continue
    const deployment = await findDeployment(tx, scope, { restApiId, deploymentId })
    if (deployment !== undefined)
      tx.put(keys.deployment(scope, restApiId, deploymentId), deployment)
  }
}

function surroundingsOf(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Pick<StagePatchEnvironment, 'findDeployment' | 'findDocumentationVersion'> {
  return {
    findDeployment: (deploymentId) => findDeployment(tx, scope, { restApiId, deploymentId }),
    findDocumentationVersion: (documentationVersion) =>
      findDocumentationVersion(tx, scope, { restApiId, documentationVersion }),
  }
}

async function warnOfStage(
  context: ApiGatewayContext,
  change: StageChange,
  before?: StageRecord,
): Promise<void> {
  const { restApiId, stage } = change
  warnUnenforced(
    context.log,
    { restApiId, stageName: stage.stageName },
    unenforcedOfStage(stage),
    before === undefined ? [] : unenforcedOfStage(before),
  )
  await warnUnmatchedKeys(context, change, before)
  await warnSharedAnswers(context, change, before)
}
