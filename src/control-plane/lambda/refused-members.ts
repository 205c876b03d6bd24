import type { ConfigurationInput } from './configuration.ts'
import { refusals } from './errors.ts'

/**
 * Members of a function's configuration that are refused when they ask for something: what they would do
 * is not built, and a function that is made without it would not be the one that was asked for. One table
 * for the refusals and for docs/compatibility.md.
 */
export interface RefusedMember {
  /** In AWS's spelling. */
  readonly member: string
  /** For the caller and for the reader of the table. */
  readonly why: string
  /** Empty forms, which tools write for nothing at all, are not. */
  isUsed(input: ConfigurationInput): boolean
}

const isFilled = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0
const isText = (text: string | undefined) => text !== undefined && text !== ''

/** The members, in the order in which they are refused. */
export const refusedMembers: readonly RefusedMember[] = [
  {
    member: 'PackageType Image',
    why: 'functions are run from zips and folders, not from container images',
    isUsed: ({ PackageType }) => PackageType === 'Image',
  },
  {
    member: 'ImageConfig',
    why: 'functions are run from zips and folders, not from container images',
    isUsed: ({ ImageConfig: { EntryPoint, Command, WorkingDirectory } = {} }) =>
      isFilled(EntryPoint) || isFilled(Command) || isText(WorkingDirectory),
  },
  {
    member: 'VpcConfig',
    why: "functions reach what the server's machine reaches",
    isUsed: ({ VpcConfig: { SubnetIds, SecurityGroupIds } = {} }) =>
      isFilled(SubnetIds) || isFilled(SecurityGroupIds),
  },
  {
    member: 'DeadLetterConfig',
    why: 'there is no queue and no topic that events could be sent to',
    isUsed: ({ DeadLetterConfig }) => isText(DeadLetterConfig?.TargetArn),
  },
  {
    member: 'FileSystemConfigs',
    why: 'no file systems are mounted',
    isUsed: ({ FileSystemConfigs }) => isFilled(FileSystemConfigs),
  },
  {
    member: 'TracingConfig.Mode Active',
    why: 'no segments are sent to X-Ray',
    isUsed: ({ TracingConfig }) => TracingConfig?.Mode === 'Active',
  },
  {
    member: 'SnapStart.ApplyOn PublishedVersions',
    why: 'no snapshots are made',
    isUsed: ({ SnapStart }) => SnapStart?.ApplyOn === 'PublishedVersions',
  },
  {
    member: 'KMSKeyArn',
    why: 'environment variables are not encrypted',
    isUsed: ({ KMSKeyArn }) => isText(KMSKeyArn),
  },
  {
    member: 'CodeSigningConfigArn',
    why: 'signatures of code are not checked',
    isUsed: ({ CodeSigningConfigArn }) => isText(CodeSigningConfigArn),
  },
  {
    member: 'LoggingConfig.LogFormat JSON',
    why: 'logs are written as text',
    isUsed: ({ LoggingConfig }) => LoggingConfig?.LogFormat === 'JSON',
  },
  {
    member: 'LoggingConfig.ApplicationLogLevel and SystemLogLevel',
    why: 'logs are written as text, and text has no levels',
    isUsed: ({ LoggingConfig }) =>
      LoggingConfig?.ApplicationLogLevel !== undefined ||
      LoggingConfig?.SystemLogLevel !== undefined,
  },
  {
    member: 'TenancyConfig',
    why: 'invocations are not isolated by tenant',
    isUsed: ({ TenancyConfig }) => TenancyConfig !== undefined,
  },
  {
    member: 'CapacityProviderConfig',
    why: 'functions run on this machine alone',
    isUsed: ({ CapacityProviderConfig }) => CapacityProviderConfig !== undefined,
  },
  {
    member: 'DurableConfig',
    why: 'durable executions are not built',
    isUsed: ({ DurableConfig }) => DurableConfig !== undefined,
  },
  {
    member: 'PublishTo',
    why: 'versions have numbers alone',
    isUsed: ({ PublishTo }) => PublishTo !== undefined,
  },
]

/** @throws {ServiceError} InvalidParameterValueException for the first member that is not built. */
export function refuseUnimplemented(input: ConfigurationInput): void {
  const refused = refusedMembers.find(({ isUsed }) => isUsed(input))
  if (refused !== undefined) throw refusals.refusedMember(refused.member, refused.why)
}
