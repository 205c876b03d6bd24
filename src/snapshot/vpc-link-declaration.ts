import type { AccountDeclaration } from './account-declarations.ts'

/**
 * A VPC link that is ready for use: integrations of any API of its account and region name it by its id,
 * directly or through a stage variable.
 */
export interface VpcLinkDeclaration extends AccountDeclaration {
  /** ARNs of load balancers; AWS takes one. */
  readonly targetArns: readonly string[]
}
