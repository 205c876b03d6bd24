import type { Scope } from '../../aws/identifiers.ts'
import {
  keys,
  type DeploymentRecord,
  type RestApiOwnerRecord,
} from '../../control-plane/apigateway/records.ts'
import { listAll } from '../../control-plane/transaction.ts'
import type { StateStore } from '../../ports/state-store.ts'

/**
 * Deletes the definitions that no deployment names any more, the parts that no documentation version does,
 * and says how many.
 *
 * For a start, before anything is written: both are stored just before the record that names them is.
 * What is deleted later stays until the next start.
 *
 * Chosen: docs/decisions/0002-state-store.md
 */
export async function sweepDefinitions(store: StateStore): Promise<number> {
  const named = new Set<string>()
  for (const { key, value } of await listAll<RestApiOwnerRecord>(store, keys.restApiOwners())) {
    // Both were the scope of the call that made the API.
    const scope = { account: value.account, region: value.region } as Scope
    const deployments = keys.deployments(scope, key.at(-1) ?? '')
    for (const deployment of await listAll<DeploymentRecord>(store, deployments)) {
      named.add(deployment.value.definitionHash)
    }
    const versions = keys.documentationVersions(scope, key.at(-1) ?? '')
    for (const { value: version } of await listAll(store, versions)) named.add(version.partsHash)
  }
  return store.sweepBlobs((hash) => named.has(hash))
}
