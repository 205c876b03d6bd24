import type { DeploymentId, Scope } from '../../../aws/identifiers.ts'
import type { CreateDeploymentRequest } from '../../../aws/models/apigateway-types.ts'
import { encodeDefinition, hashDefinition } from '../../../snapshot/definition-codec.ts'
import type { ApiDefinition } from '../../../snapshot/definition.ts'
import { pageRecordsMax } from '../../../ports/state-store.ts'
import type { Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { getRestApi } from '../lookup.ts'
import { listModels } from '../models/model-records.ts'
import {
  keys,
  type DeploymentRecord,
  type ResourceRecord,
  type RestApiRecord,
  type StageRecord,
} from '../records.ts'
import { readStageChange, type StageChange } from '../stages/publish-stage.ts'
import {
  findDeployment,
  findStage,
  newCanary,
  newStage,
  withStageSettings,
} from '../stages/stage-records.ts'
import { stageRefusals } from '../stages/stage-refusals.ts'
import {
  checkPercentTraffic,
  checkStageVariables,
  parseStageName,
} from '../stages/stage-validation.ts'
import { freezeDefinition, type ApiParts } from './freeze-definition.ts'
import { unreachableServices } from './unreachable-services.ts'

/** What a deployment made: its record, what it froze, and the stage that it made or changed. */
export interface CreatedDeployment {
  readonly deployment: DeploymentRecord
  readonly definition: ApiDefinition
  readonly staged:
    | { readonly change: StageChange; readonly before: StageRecord | undefined }
    | undefined
}

const deploymentIdCharacters = 6

/**
 * Freezes an API into a deployment and, where a stage is named, makes or repoints it in the same commit.
 * The definition is stored before the record that refers to it, so a record never lacks its definition.
 *
 * Refused in this order: API, canary without a stage, stage name, variables, canary and stage that do not
 * fit, methods, integrations, AWS services that nobody said how to call, quota.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/create-canary-deployment.html
 * Observed: deployments-and-stages/create-deployment-canary.json and its neighbours
 */
export async function createDeployment(
  tx: Transaction,
  input: CreateDeploymentRequest,
  context: ApiGatewayContext,
): Promise<CreatedDeployment> {
  const { scope, store, clock } = context
  const api = await getRestApi(tx, scope, input.restApiId)
  const target = await findTarget(tx, api, input, context)
  const resources = await readResources(tx, scope, api.id)
  const definition = freezeDefinition(api, resources, await readApiParts(tx, scope, api))
  refuseUnreachable(definition, context)
  const bytes = encodeDefinition(definition)
  const definitionHash = hashDefinition(bytes)
  await store.putBlob(definitionHash, bytes)
  const now = Math.floor(clock.nowMs() / 1000)
  const { description } = input
  const deployment: DeploymentRecord = {
    id: await freeDeploymentId(tx, api.id, context),
    ...(description === undefined || description === '' ? {} : { description }),
    createdDate: now,
    definitionHash,
  }
  tx.put(keys.deployment(scope, api.id, deployment.id), deployment)
  // The API's record, unchanged, so that an edit of its resources meets this commit as a conflict.
  tx.put(keys.restApi(scope, api.id), api)
  if (target === undefined) return { deployment, definition, staged: undefined }
  const { before } = target
  const base = before ?? newStage(target.stageName, deployment.id, now)
  const stage = { ...deployTo(base, deployment.id, input), lastUpdatedDate: now }
  tx.put(keys.stage(scope, api.id, stage.stageName), stage)
  const change = await readStageChange(tx, scope, { restApiId: api.id, stage })
  return { deployment, definition, staged: { change, before } }
}

function refuseUnreachable(
  definition: ApiDefinition,
  { scope, awsServices }: ApiGatewayContext,
): void {
  const [first] = unreachableServices(definition, scope.account, awsServices)
  if (first !== undefined) throw stageRefusals.serviceOutOfReach(first)
}

/** The stage after the deployment. A canary leaves all else of the stage as it is. */
function deployTo(
  stage: StageRecord,
  deploymentId: DeploymentId,
  input: CreateDeploymentRequest,
): StageRecord {
  const { canarySettings } = input
  if (canarySettings !== undefined) {
    return { ...stage, canarySettings: newCanary(deploymentId, canarySettings) }
  }
  const { stageDescription, variables, cacheClusterEnabled, cacheClusterSize, tracingEnabled } =
    input
  return withStageSettings(
    { ...stage, deploymentId },
    {
      description: stageDescription,
      variables,
      cacheClusterEnabled,
      cacheClusterSize,
      tracingEnabled,
    },
  )
}

/** The stage to deploy to and its record if it is there; undefined: no stage is named. */
async function findTarget(
  tx: Transaction,
  api: RestApiRecord,
  input: CreateDeploymentRequest,
  { scope, quotas }: ApiGatewayContext,
) {
  const { canarySettings, variables } = input
  if (input.stageName === undefined || input.stageName === '') {
    if (canarySettings !== undefined) throw stageRefusals.canaryWithoutStageName(input.stageName)
    return undefined
  }
  const stageName = parseStageName(input.stageName)
  checkStageVariables(variables, quotas)
  checkStageVariables(canarySettings?.stageVariableOverrides, quotas)
  checkPercentTraffic(canarySettings?.percentTraffic ?? 0)
  const before = await findStage(tx, scope, { restApiId: api.id, stageName })
  if (canarySettings !== undefined) {
    if (before === undefined) throw stageRefusals.canaryWithoutStage(stageName)
  } else if (before?.canarySettings !== undefined) {
    throw stageRefusals.plainDeploymentToCanary(stageName)
  }
  if (before === undefined) {
    const existing = await tx.list(keys.stages(scope, api.id))
    if (existing.length >= quotas.stagesPerApi) throw stageRefusals.tooManyStages()
  }
  return { stageName, before }
}

/** An API's parts besides its resources. Every change of them writes the API's record, so they are as this commit finds it. */
export async function readApiParts(
  tx: Transaction,
  scope: Scope,
  api: RestApiRecord,
): Promise<ApiParts> {
  const [requestValidators, gatewayResponses] = await Promise.all([
    tx.list(keys.requestValidators(scope, api.id)),
    tx.list(keys.gatewayResponses(scope, api.id)),
  ])
  return {
    models: await listModels(tx, scope, api),
    requestValidators: requestValidators.map(({ value }) => value),
    gatewayResponses: gatewayResponses.map(({ value }) => value),
  }
}

/**
 * All resources as they were at one moment. A listing of one page is one read of the store; where there
 * are more, each record is read again and must still hold at the commit.
 */
async function readResources(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<readonly ResourceRecord[]> {
  const listed = await tx.list<ResourceRecord>(keys.resources(scope, restApiId))
  if (listed.length <= pageRecordsMax) return listed.map(({ value }) => value)
  const resources: ResourceRecord[] = []
  for (const { key } of listed) {
    const resource = await tx.get<ResourceRecord>(key)
    if (resource !== undefined) resources.push(resource)
  }
  return resources
}

async function freeDeploymentId(
  tx: Transaction,
  restApiId: string,
  { scope, random }: ApiGatewayContext,
): Promise<DeploymentId> {
  for (;;) {
    const deploymentId = random.identifier(deploymentIdCharacters)
    const taken = await findDeployment(tx, scope, { restApiId, deploymentId })
    // An id that no deployment of the API has becomes the id of the one being made.
    if (taken === undefined) return deploymentId as DeploymentId
  }
}
