import type { StateStore } from '../../../ports/state-store.ts'
import type { ClientCertificateDeclaration } from '../../../snapshot/client-certificate-declaration.ts'
import { listScopes } from '../../list-scopes.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { clientCertificateDeclarationOf } from './client-certificate-records.ts'

/** Every client certificate in the store. Reads while nothing is written. */
export async function* loadClientCertificates(
  store: StateStore,
): AsyncGenerator<ClientCertificateDeclaration> {
  for (const scope of await listScopes(store, keys.clientCertificateOwners())) {
    for (const { value, revision } of await listAll(store, keys.clientCertificates(scope))) {
      yield clientCertificateDeclarationOf(scope, value, revision)
    }
  }
}
