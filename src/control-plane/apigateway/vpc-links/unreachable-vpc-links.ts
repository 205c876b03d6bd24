import type { OperatorLog } from '../../../ports/operator-log.ts'
import type { VpcLinkTargets } from '../../../ports/vpc-link-targets.ts'
import type { VpcLinkDeclaration } from '../../../snapshot/vpc-link-declaration.ts'

/**
 * Warns the operator of each target of a link that has no address: integrations through it answer 500
 * until the server is told one.
 */
export function warnUnreachable(
  log: OperatorLog,
  link: Pick<VpcLinkDeclaration, 'account' | 'region' | 'id' | 'targetArns'>,
  targets: VpcLinkTargets,
): void {
  const { account, region, id: vpcLinkId } = link
  for (const targetArn of link.targetArns) {
    if (targets.find(targetArn) !== undefined) continue
    log.warn('vpc-link-target-without-address', {
      account,
      region,
      vpcLinkId,
      targetArn,
      note: 'Private integrations through it answer 500; give an address with --vpc-link-target.',
    })
  }
}
