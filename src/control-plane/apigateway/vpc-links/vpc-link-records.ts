import type { Scope } from '../../../aws/identifiers.ts'
import type { VpcLink } from '../../../aws/models/apigateway-types.ts'
import type { IntegrationDefinition } from '../../../snapshot/definition.ts'
import type { VpcLinkDeclaration } from '../../../snapshot/vpc-link-declaration.ts'
import type { Transaction } from '../../transaction.ts'
import { refusals } from '../errors.ts'
import { findRecord } from '../lookup.ts'
import { keys, type VpcLinkRecord } from '../records.ts'
import { vpcLinkRefusals } from './vpc-link-refusals.ts'

/** @throws {ServiceError} NotFoundException `Invalid Vpc Link identifier specified`. */
export async function getVpcLink(
  tx: Transaction,
  scope: Scope,
  vpcLinkId: string,
): Promise<VpcLinkRecord> {
  const link = await findRecord(tx, keys.vpcLink(scope, vpcLinkId))
  if (link === undefined) throw vpcLinkRefusals.notFound()
  return link
}

/** A stage variable stands for the whole of an id. */
const variableId = /^\$\{stageVariables\.(\w+)\}$/

/** The variable that a `connectionId` is; undefined: it is the id itself. */
export function variableOfConnection(connectionId: string): string | undefined {
  return variableId.exec(connectionId)?.[1]
}

/**
 * Checks that the VPC link is there which an integration names by its id. A stage variable may name one that
 * is made later.
 *
 * Writes the link's record again, so that its deletion, which looks at all integrations, meets the one
 * that is being put as a conflict and not too late.
 *
 * @throws {ServiceError} BadRequestException.
 * Chosen: docs/decisions/0011-vpc-links.md
 */
export async function checkVpcLink(
  tx: Transaction,
  scope: Scope,
  { connectionId }: Pick<IntegrationDefinition, 'connectionId'>,
): Promise<void> {
  if (connectionId === undefined || variableOfConnection(connectionId) !== undefined) return
  const link = await findRecord(tx, keys.vpcLink(scope, connectionId))
  if (link === undefined) throw refusals.vpcLink()
  tx.put(keys.vpcLink(scope, link.id), link)
}

const networkLoadBalancer = /^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:loadbalancer\/net\/./

/** A link to anything but a Network Load Balancer is made and fails, which AWS finds out later. */
export function isReady({ targetArns }: VpcLinkRecord): boolean {
  return targetArns.every((arn) => networkLoadBalancer.test(arn))
}

/**
 * A link as lists show it; tags only when it has some.
 *
 * Observed: management/get-vpc-links-*, management/get-vpc-link-to-another-load-balancer
 */
export function vpcLinkAnswer(link: VpcLinkRecord): VpcLink {
  return isReady(link)
    ? { ...link, status: 'AVAILABLE', statusMessage: 'Your vpc link is ready for use' }
    : { ...link, status: 'FAILED', statusMessage: 'NLB ARN is malformed' }
}

/** What the data plane is told of a link. */
export function vpcLinkDeclarationOf(
  { account, region }: Scope,
  { id, targetArns }: VpcLinkRecord,
  revision: number,
): VpcLinkDeclaration {
  return { account, region, id, targetArns, revision }
}
