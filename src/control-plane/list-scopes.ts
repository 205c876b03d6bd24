import type { AccountId, Region, Scope } from '../aws/identifiers.ts'
import type { StateStore } from '../ports/state-store.ts'
import { listAll, type TypedKey } from './transaction.ts'

/**
 * The scopes that the records below a key name, each once: where a start looks for what belongs to an account
 * in a region. Reads while nothing is written.
 */
export async function listScopes(
  store: StateStore,
  owners: TypedKey<{ readonly account: string; readonly region: string }>,
): Promise<readonly Scope[]> {
  const scopes = new Map<string, Scope>()
  for (const { value } of await listAll(store, owners)) {
    // Both were the scope of a call that was answered.
    const scope: Scope = { account: value.account as AccountId, region: value.region as Region }
    scopes.set(`${scope.account}/${scope.region}`, scope)
  }
  return [...scopes.values()]
}
