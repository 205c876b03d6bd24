import type { Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import { decodeDefinition } from '../../../snapshot/definition-codec.ts'
import type { IntegrationDefinition } from '../../../snapshot/definition.ts'
import type { Transaction } from '../../transaction.ts'
import { keys, type ResourceRecord, type StageRecord } from '../records.ts'
import { variableOfConnection } from './vpc-link-records.ts'
import { vpcLinkRefusals } from './vpc-link-refusals.ts'

/**
 * Refuses the deletion of a VPC link that a stage serves or a method is set to use. A stage variable that
 * holds the id counts as naming the link.
 *
 * Cost: reads every resource and every served definition of the account in the region.
 *
 * @throws {ServiceError} BadRequestException, of stages before methods.
 * Observed: management/delete-vpc-link-served-by-a-stage
 * Chosen: docs/decisions/0011-vpc-links.md
 */
export async function refuseReferences(
  tx: Transaction,
  { scope, store }: { readonly scope: Scope; readonly store: StateStore },
  vpcLinkId: string,
): Promise<void> {
  const apis = await tx.list(keys.restApis(scope))
  const served: string[] = []
  const used: string[] = []
  for (const { value: api } of apis) {
    const reader: Reader = { tx, store, scope, restApiId: api.id, vpcLinkId }
    served.push(...(await findInStages(reader)))
    used.push(...(await findInMethods(reader)))
  }
  if (served.length > 0) throw vpcLinkRefusals.servedByStages(vpcLinkId, served)
  if (used.length > 0) throw vpcLinkRefusals.usedByMethods(vpcLinkId, used)
}

interface Reader {
  readonly tx: Transaction
  readonly store: StateStore
  readonly scope: Scope
  readonly restApiId: string
  readonly vpcLinkId: string
}

type Variables = Readonly<Record<string, string>>

async function findInMethods({ tx, scope, restApiId, vpcLinkId }: Reader): Promise<string[]> {
  const resources = await tx.list<ResourceRecord>(keys.resources(scope, restApiId))
  return resources.flatMap(({ value: { id, methods } }) =>
    Object.entries(methods)
      .filter(([, { integration }]) => integration && names(integration, vpcLinkId, {}))
      .map(([methodKey]) => `${restApiId}:${methodKey}:${id}`),
  )
}

async function findInStages(reader: Reader): Promise<string[]> {
  const { tx, scope, restApiId } = reader
  const found: string[] = []
  for (const { value: stage } of await tx.list<StageRecord>(keys.stages(scope, restApiId))) {
    const { canarySettings, variables = {} } = stage
    const references = await findInDeployment(reader, stage.deploymentId, variables)
    if (canarySettings !== undefined) {
      const overridden = { ...variables, ...canarySettings.stageVariableOverrides }
      references.push(...(await findInDeployment(reader, canarySettings.deploymentId, overridden)))
    }
    found.push(...new Set(references.map((reference) => `${reference}:${stage.stageName}`)))
  }
  return found
}

async function findInDeployment(
  { tx, store, scope, restApiId, vpcLinkId }: Reader,
  deploymentId: string,
  variables: Variables,
): Promise<string[]> {
  const deployment = await tx.get(keys.deployment(scope, restApiId, deploymentId))
  invariant(deployment !== undefined, `deployment ${deploymentId} of a stage is stored`)
  const bytes = await store.findBlob(deployment.definitionHash)
  invariant(bytes !== undefined, `the definition of deployment ${deploymentId} is stored`)
  return decodeDefinition(bytes).resources.flatMap(({ resourceId, methods }) =>
    Object.entries(methods)
      .filter(([, { integration }]) => names(integration, vpcLinkId, variables))
      .map(([methodKey]) => `${restApiId}:${methodKey}:${resourceId}`),
  )
}

function names(
  { connectionType, connectionId = '' }: IntegrationDefinition,
  vpcLinkId: string,
  variables: Variables,
): boolean {
  if (connectionType !== 'VPC_LINK') return false
  if (connectionId === vpcLinkId) return true
  const variable = variableOfConnection(connectionId)
  return (
    variable !== undefined &&
    Object.hasOwn(variables, variable) &&
    variables[variable] === vpcLinkId
  )
}
