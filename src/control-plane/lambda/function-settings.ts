import { refusedCodeMembers } from './code-source.ts'
import { refusedMembers } from './refused-members.ts'

/**
 * What becomes of each member of CreateFunction, UpdateFunctionCode and UpdateFunctionConfiguration, for
 * docs/compatibility.md. `enforced`: functions are run by it. `kept`: answered exactly, with nothing here
 * that could enforce it. `refused`: a call that asks for it is refused.
 */
export interface FunctionSetting {
  /** In AWS's spelling. */
  readonly members: readonly string[]
  readonly status: 'enforced' | 'kept' | 'refused'
  /** For the reader of the table: what happens. */
  readonly note: string
}

const served: readonly FunctionSetting[] = [
  {
    members: ['FunctionName', 'Handler', 'Runtime'],
    status: 'enforced',
    note: 'A runtime that this machine does not run is refused; one that another program runs says so in RuntimeVersionConfig.Error.',
  },
  {
    members: ['Code', 'ZipFile', 'S3Bucket', 'S3Key'],
    status: 'enforced',
    note: 'A zip in the request, or a folder of the server: the bucket `hot-reload` and an absolute path; a version keeps what the folder holds when it is published. Other buckets are refused.',
  },
  { members: ['Timeout', 'MemorySize', 'EphemeralStorage'], status: 'enforced', note: '' },
  {
    members: ['Environment'],
    status: 'enforced',
    note: 'At most 4 KB; names that the runtime sets are refused.',
  },
  { members: ['Layers'], status: 'enforced', note: 'Up to five, of the own account and region.' },
  {
    members: ['LoggingConfig'],
    status: 'enforced',
    note: 'LogGroup names where the log goes; the format is Text.',
  },
  { members: ['Publish', 'DryRun', 'RevisionId'], status: 'enforced', note: '' },
  {
    members: ['Role', 'Description', 'Tags'],
    status: 'kept',
    note: 'They have no effect on invocations: no role is assumed, none is looked up.',
  },
  {
    members: ['Architectures'],
    status: 'kept',
    note: "Code runs on the machine's own architecture, whichever is named.",
  },
  {
    members: ['PackageType', 'TracingConfig', 'SnapStart'],
    status: 'kept',
    note: 'In the words that ask for nothing: Zip, PassThrough, None.',
  },
]

/** Every member, in the order of the page. */
export const functionSettings: readonly FunctionSetting[] = [
  ...served,
  ...refusedMembers.map(({ member, why }) => refused(member, why)),
  ...refusedCodeMembers.map(({ member, why }) => refused(member, why)),
]

function refused(member: string, why: string): FunctionSetting {
  return { members: [member], status: 'refused', note: why }
}
