import type { StateStore } from '../../../ports/state-store.ts'
import type { VpcLinkDeclaration } from '../../../snapshot/vpc-link-declaration.ts'
import { listScopes } from '../../list-scopes.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { isReady, vpcLinkDeclarationOf } from './vpc-link-records.ts'

/** Every VPC link in the store that may be used. Reads while nothing is written. */
export async function* loadVpcLinks(store: StateStore): AsyncGenerator<VpcLinkDeclaration> {
  for (const scope of await listScopes(store, keys.vpcLinkOwners())) {
    for (const { value, revision } of await listAll(store, keys.vpcLinks(scope))) {
      if (isReady(value)) yield vpcLinkDeclarationOf(scope, value, revision)
    }
  }
}
