import type { Scope } from '../aws/identifiers.ts'
import type { AccountFeedChange, ResetChange } from '../ports/deployment-feed.ts'
import type {
  AccountDeclarationKind,
  AccountDeclarations,
  AccountPlace,
} from '../snapshot/account-declarations.ts'
import type { ApiKeyDeclaration } from '../snapshot/api-key-declaration.ts'

/** What accounts have besides their APIs, each by its newest declaration. */
export interface AccountTable {
  /** Undefined: the account has none of this kind and id in the region, or it is not ready. */
  find<Kind extends AccountDeclarationKind>(
    of: Kind,
    place: AccountPlace,
  ): AccountDeclarations[Kind] | undefined
  /** The key that callers know by this value; a disabled one, too. */
  findApiKey(scope: Scope, value: string): ApiKeyDeclaration | undefined
}

/** A table that the feed writes. */
export interface ServedAccountTable extends AccountTable {
  /** What is older than what is known changes nothing. */
  apply(change: AccountFeedChange | ResetChange): void
}

/** A table with nothing in it. */
export function createAccountTable(): ServedAccountTable {
  const declarations = new Map<string, AccountDeclarations[AccountDeclarationKind]>()
  const apiKeysByValue = new Map<string, ApiKeyDeclaration>()
  return Object.freeze({
    find: <Kind extends AccountDeclarationKind>(of: Kind, place: AccountPlace) =>
      // What stands under a key was declared with the kind that the key begins with.
      declarations.get(keyOf(of, place)) as AccountDeclarations[Kind] | undefined,
    findApiKey: (scope: Scope, value: string) => apiKeysByValue.get(valueKeyOf(scope, value)),
    apply(change: AccountFeedChange | ResetChange) {
      if (change.kind === 'reset') {
        declarations.clear()
        apiKeysByValue.clear()
        return
      }
      const subject = change.kind === 'declared' ? change.declaration : change
      const key = keyOf(change.of, subject)
      const known = declarations.get(key)
      if (known !== undefined && known.revision > subject.revision) return
      if (change.of === 'api-key' && known !== undefined) {
        // Of the same kind: the key says so.
        apiKeysByValue.delete(valueKeyOf(known, (known as ApiKeyDeclaration).value))
      }
      if (change.kind === 'withdrawn') return void declarations.delete(key)
      declarations.set(key, Object.freeze({ ...change.declaration }))
      if (change.of === 'api-key') {
        apiKeysByValue.set(valueKeyOf(subject, change.declaration.value), change.declaration)
      }
    },
  })
}

function keyOf(of: AccountDeclarationKind, { account, region, id }: AccountPlace): string {
  return `${of}/${account}/${region}/${id}`
}

function valueKeyOf({ account, region }: Scope, value: string): string {
  return `${account}/${region}/${value}`
}
