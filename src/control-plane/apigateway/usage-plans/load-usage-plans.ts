import type { StateStore } from '../../../ports/state-store.ts'
import type { UsagePlanDeclaration } from '../../../snapshot/usage-plan-declaration.ts'
import { listScopes } from '../../list-scopes.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { usagePlanDeclarationOf } from './usage-plan-records.ts'

/** Every usage plan in the store. Reads while nothing is written. */
export async function* loadUsagePlans(store: StateStore): AsyncGenerator<UsagePlanDeclaration> {
  for (const scope of await listScopes(store, keys.usageScopes())) {
    for (const { value, revision } of await listAll(store, keys.usagePlans(scope))) {
      yield usagePlanDeclarationOf(scope, value, revision)
    }
  }
}
