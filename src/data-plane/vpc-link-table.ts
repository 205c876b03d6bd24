import type { ResetChange, VpcLinkFeedChange } from '../ports/deployment-feed.ts'
import type { VpcLinkDeclaration } from '../snapshot/vpc-link-declaration.ts'

/** Where a VPC link is found. */
export type VpcLinkPlace = Pick<VpcLinkDeclaration, 'account' | 'region' | 'vpcLinkId'>

/** The VPC links that integrations may use. */
export interface ServedVpcLinks {
  /** Undefined: the account has no such link in the region, or it is not ready. */
  find(place: VpcLinkPlace): VpcLinkDeclaration | undefined
}

/** The VPC links that a data plane knows, each by its newest declaration. */
export interface VpcLinkTable extends ServedVpcLinks {
  /** What is older than what is known changes nothing. */
  apply(change: VpcLinkFeedChange | ResetChange): void
}

/** A table without links. */
export function createVpcLinkTable(): VpcLinkTable {
  const links = new Map<string, VpcLinkDeclaration>()
  return Object.freeze({
    find: (place: VpcLinkPlace) => links.get(keyOf(place)),
    apply(change: VpcLinkFeedChange | ResetChange) {
      if (change.kind === 'reset') return links.clear()
      const subject = change.kind === 'vpc-link' ? change.link : change
      const key = keyOf(subject)
      const known = links.get(key)
      if (known !== undefined && known.revision > subject.revision) return
      if (change.kind === 'vpc-link') links.set(key, Object.freeze({ ...change.link }))
      else links.delete(key)
    },
  })
}

function keyOf({ account, region, vpcLinkId }: VpcLinkPlace): string {
  return `${account}/${region}/${vpcLinkId}`
}
