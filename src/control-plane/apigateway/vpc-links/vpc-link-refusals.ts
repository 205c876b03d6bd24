import { badRequest, limitExceeded, notFound, quotaUsedUp, refusals } from '../errors.ts'

/**
 * Every refusal of the operations on VPC links, in AWS's words where they are known. A text marked
 * `Chosen` is ours: docs/decisions/0011-vpc-links.md.
 */
export const vpcLinkRefusals = {
  /** Observed. */
  notFound: () => notFound('Invalid Vpc Link identifier specified'),
  /** Observed. */
  emptyName: refusals.emptyName,
  /** Observed. */
  malformedArn: (arn: string) => badRequest(`Invalid ARN. ARN is not well formed ${arn}`),
  /** Observed: https://github.com/hashicorp/terraform-provider-aws/pull/2512 */
  manyTargets: () => badRequest('More than one target arn specified for vpc link.'),
  /** Chosen. */
  noTarget: () => badRequest('No target arn specified for vpc link.'),
  /** Observed: https://github.com/hashicorp/terraform-provider-aws/pull/2512 */
  targetChange: () => badRequest('Target arns are not allowed to be changed/added.'),
  /** Chosen. */
  tooMany: () => limitExceeded(quotaUsedUp('VPC Links', 'this account')),
  /** Observed: https://github.com/klothoplatform/klotho/issues/202 */
  servedByStages: (id: string, references: readonly string[]) =>
    inUse(id, references, '[RESTApiId:Method:Resource:Stage]'),
  /** Chosen: the form seen of stages, without the stage. */
  usedByMethods: (id: string, references: readonly string[]) =>
    inUse(id, references, '[RESTApiId:Method:Resource]'),
} as const

function inUse(id: string, references: readonly string[], form: string) {
  return badRequest(
    `Cannot delete vpc link. Vpc link '${id}', is referenced in ` +
      `[${references.join(', ')}] in format of ${form}.`,
  )
}
