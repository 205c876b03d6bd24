import type { AccountId, Region } from '../aws/identifiers.ts'

/**
 * A VPC link that is ready for use, told to the data plane. It belongs to an account and a region, not to an
 * API: integrations of any of them name it by its id, directly or through a stage variable.
 */
export interface VpcLinkDeclaration {
  readonly account: AccountId
  readonly region: Region
  readonly vpcLinkId: string
  /** ARNs of load balancers; AWS takes one. */
  readonly targetArns: readonly string[]
  /** Grows with every change of the link; a receiver drops what is older than what it has. */
  readonly revision: number
}
