import type { AccountId, Region, Scope } from '../../../aws/identifiers.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import type { ClientCertificateDeclaration } from '../../../snapshot/client-certificate-declaration.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { clientCertificateDeclarationOf } from './client-certificate-records.ts'

/** Every client certificate in the store. Reads while nothing is written. */
export async function* loadClientCertificates(
  store: StateStore,
): AsyncGenerator<ClientCertificateDeclaration> {
  for (const scope of await scopesWithCertificates(store)) {
    for (const { value, revision } of await listAll(store, keys.clientCertificates(scope))) {
      yield clientCertificateDeclarationOf(scope, value, revision)
    }
  }
}

async function scopesWithCertificates(store: StateStore): Promise<readonly Scope[]> {
  const scopes = new Map<string, Scope>()
  for (const { value } of await listAll(store, keys.clientCertificateOwners())) {
    // Both were the scope of a call that made a certificate.
    const scope: Scope = { account: value.account as AccountId, region: value.region as Region }
    scopes.set(`${scope.account}/${scope.region}`, scope)
  }
  return [...scopes.values()]
}
