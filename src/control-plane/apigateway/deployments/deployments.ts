import type { DefinitionHash, DeploymentId } from '../../../aws/identifiers.ts'
import type { ApiGatewayOperations, Deployment } from '../../../aws/models/apigateway-types.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import { decodeDefinition } from '../../../snapshot/definition-codec.ts'
import type { ApiDefinition } from '../../../snapshot/definition.ts'
import { invariant } from '../../../base/invariant.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type DeploymentRecord, type StageRecord } from '../records.ts'
import { deploymentIdsOf, publishStage } from '../stages/publish-stage.ts'
import { getDeployment } from '../stages/stage-records.ts'
import { stageRefusals } from '../stages/stage-refusals.ts'
import { warnUnmatchedKeys } from '../stages/stage-settings-report.ts'
import { warnSharedAnswers } from '../stages/warn-shared-answers.ts'
import {
  unenforcedOfDefinition,
  unenforcedOfStage,
  warnUnenforced,
} from '../unenforced-settings.ts'
import { createDeployment } from './create-deployment.ts'
import { deploymentPatchTable } from './deployment-patch-paths.ts'

/** The operations on deployments. CreateDeployment answers when the data plane serves its stage. */
export const deployments = {
  async CreateDeployment(input, context) {
    const { result, revision } = await transactWithRevision(context.store, (tx) =>
      createDeployment(tx, input, context),
    )
    const { deployment, definition, staged } = result
    if (staged !== undefined) await publishStage(context, staged.change, revision)
    const fields = { restApiId: definition.restApiId, deploymentId: deployment.id }
    warnUnenforced(context.log, fields, unenforcedOfDefinition(definition))
    if (staged !== undefined) {
      const { stage } = staged.change
      warnUnenforced(
        context.log,
        { restApiId: definition.restApiId, stageName: stage.stageName },
        unenforcedOfStage(stage),
        staged.before === undefined ? [] : unenforcedOfStage(staged.before),
      )
      await warnUnmatchedKeys(context, staged.change, staged.before)
      await warnSharedAnswers(context, staged.change, staged.before)
    }
    return deploymentAnswer(deployment)
  },

  async GetDeployment(input, { scope, store }) {
    const deployment = await transact(store, async (tx) => {
      await getRestApi(tx, scope, input.restApiId)
      return getDeployment(tx, scope, input)
    })
    if (input.embed?.includes('apisummary') !== true) return deploymentAnswer(deployment)
    const definition = await loadDefinition(store, deployment.definitionHash)
    return { ...deploymentAnswer(deployment), apiSummary: summaryOf(definition) }
  },

  async GetDeployments({ restApiId, ...page }, { scope, store }) {
    const records = await transact(store, async (tx) => {
      await getRestApi(tx, scope, restApiId)
      return tx.list<DeploymentRecord>(keys.deployments(scope, restApiId))
    })
    const { items, ...rest } = pageOf(
      records.map(({ value }) => value),
      { name: `deployments/${restApiId}`, orderOf: ({ id }) => id },
      page,
    )
    return { items: items.map(deploymentAnswer), ...rest }
  },

  async UpdateDeployment(input, { scope, store }) {
    return transact(store, async (tx) => {
      const { id: restApiId } = await getRestApi(tx, scope, input.restApiId)
      const before = await getDeployment(tx, scope, input)
      const operations = input.patchOperations ?? []
      const after = await applyPatchOperations(deploymentPatchTable, before, operations, undefined)
      tx.put(keys.deployment(scope, restApiId, after.id), after)
      return deploymentAnswer(after)
    })
  },

  async DeleteDeployment(input, { scope, store }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const { id } = await getDeployment(tx, scope, input)
      const stages = await tx.list<StageRecord>(keys.stages(scope, api.id))
      if (stages.some(({ value }) => deploymentIdsOf(value).includes(id))) {
        throw stageRefusals.deploymentInUse()
      }
      tx.remove(keys.deployment(scope, api.id, id))
      tx.put(keys.restApi(scope, api.id), api)
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

function deploymentAnswer({ id, description, createdDate }: DeploymentRecord): Deployment & {
  readonly id: DeploymentId
} {
  return { id, description, createdDate }
}

async function loadDefinition(store: StateStore, hash: DefinitionHash): Promise<ApiDefinition> {
  const bytes = await store.findBlob(hash)
  invariant(bytes !== undefined, `the definition ${hash} of a deployment is stored`)
  return decodeDefinition(bytes)
}

/**
 * What `embed=apisummary` shows: for each path, each method's authorization.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSnapshot.html
 */
function summaryOf({ resources }: ApiDefinition): NonNullable<Deployment['apiSummary']> {
  const paths = resources
    .filter(({ methods }) => Object.keys(methods).length > 0)
    .map(({ path, methods }) => {
      const shown = Object.entries(methods).map(([key, { authorizationType, apiKeyRequired }]) => [
        key,
        { authorizationType, apiKeyRequired },
      ])
      return [path, Object.fromEntries(shown)]
    })
  return Object.fromEntries(paths)
}
