import type { StateStore } from '../../ports/state-store.ts'
import type { FunctionDeclaration } from '../../snapshot/function-declaration.ts'
import { listAll } from '../transaction.ts'
import { functionDeclarationOf } from './function-declaration-of.ts'
import { keys } from './records.ts'

/** Every function in the store. Reads while nothing is written. */
export async function* loadFunctions(store: StateStore): AsyncGenerator<FunctionDeclaration> {
  for (const { value: scope } of await listAll(store, keys.lambdaScopes())) {
    for (const { value: record, revision } of await listAll(store, keys.functions(scope))) {
      const listed = await listAll(store, keys.functionVersions(scope, record.functionName))
      const versions = listed.map(({ value }) => value)
      yield functionDeclarationOf(scope, { record, versions }, revision)
    }
  }
}

/** The hashes of all code that functions and layers name: what a sweep of the code must leave. */
export async function codeInUse(store: StateStore): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>()
  for await (const { versions } of loadFunctions(store)) {
    for (const { code, layers } of Object.values(versions)) {
      if (code.kind === 'zip') hashes.add(code.sha256)
      for (const { sha256 } of layers) hashes.add(sha256)
    }
  }
  for (const { value: scope } of await listAll(store, keys.lambdaScopes())) {
    const layers = await listAll(store, keys.allLayerVersions(scope))
    for (const { value } of layers) hashes.add(value.sha256)
  }
  return hashes
}
