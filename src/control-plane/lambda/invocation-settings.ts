import type { FunctionSetting } from './function-settings.ts'
import { refusedInvocationMembers } from './invoke.ts'
import { refusedPermissionMembers } from './policy-statement.ts'

const refused = ({ member, why }: { readonly member: string; readonly why: string }) =>
  ({ members: [member], status: 'refused', note: why }) as const

/** What becomes of each member of AddPermission and Invoke, for docs/compatibility.md. */
export const invocationSettings: readonly FunctionSetting[] = [
  {
    members: ['StatementId', 'Action', 'Qualifier', 'RevisionId'],
    status: 'enforced',
    note: 'A policy is of exactly the qualifier; `lambda:InvokeFunction`, `lambda:*` and `*` allow invocations.',
  },
  {
    members: ['Principal'],
    status: 'enforced',
    note: 'Services are asked for. Accounts, users and roles are kept: whoever holds credentials of the account may invoke.',
  },
  {
    members: ['SourceArn', 'SourceAccount', 'PrincipalOrgID', 'EventSourceToken'],
    status: 'enforced',
    note: 'No caller is of an organisation or brings a token: those two close their statement, and the log warns.',
  },
  {
    members: ['FunctionName', 'InvocationType', 'LogType', 'ClientContext', 'Payload'],
    status: 'enforced',
    note: 'An event is tried again twice, as AWS does by default.',
  },
  ...refusedPermissionMembers.map(refused),
  ...refusedInvocationMembers.map(refused),
]
