import type { AccountId, Region, Scope } from '../../../aws/identifiers.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import type { VpcLinkDeclaration } from '../../../snapshot/vpc-link-declaration.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { isReady, vpcLinkDeclarationOf } from './vpc-link-records.ts'

/** Every VPC link in the store that may be used. Reads while nothing is written. */
export async function* loadVpcLinks(store: StateStore): AsyncGenerator<VpcLinkDeclaration> {
  for (const [account, regions] of await scopesWithLinks(store)) {
    for (const region of regions) {
      // Both were the scope of a call that made a link.
      const scope: Scope = { account: account as AccountId, region: region as Region }
      for (const { value, revision } of await listAll(store, keys.vpcLinks(scope))) {
        if (isReady(value)) yield vpcLinkDeclarationOf(scope, value, revision)
      }
    }
  }
}

async function scopesWithLinks(store: StateStore): Promise<Map<string, Set<string>>> {
  const regionsOf = new Map<string, Set<string>>()
  for (const { value } of await listAll(store, keys.vpcLinkOwners())) {
    const regions = regionsOf.get(value.account) ?? new Set()
    regionsOf.set(value.account, regions.add(value.region))
  }
  return regionsOf
}
