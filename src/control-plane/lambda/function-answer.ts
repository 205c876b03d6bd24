import type { Scope } from '../../aws/identifiers.ts'
import type { FunctionConfiguration, RuntimeVersionConfig } from '../../aws/models/lambda-types.ts'
import { sha256Hex } from '../../aws/sha256.ts'
import { functionArn } from './arns.ts'
import type { LambdaContext } from './context.ts'
import type { FunctionVersionRecord } from './records.ts'

/**
 * How far AWS is with a version when it answers. `creating`: the answer to what made it. `updating`: the
 * answer to what changed it. `settled`: to whoever asks. `listed`: in a list, which shows no states.
 *
 * Here everything is done when the answer is sent; docs/decisions/0020 says why the answers are AWS's.
 */
export type ShownProgress = 'creating' | 'updating' | 'settled' | 'listed'

export interface ShownVersion {
  readonly functionName: string
  readonly version: FunctionVersionRecord
  /** As the answer's ARN ends. Absent: with the function's name. */
  readonly qualifier?: string | undefined
  readonly progress: ShownProgress
}

/**
 * A version in AWS's terms. The revision of an answer that shows progress is not one that lasts: AWS
 * gives the version another when it is done.
 *
 * Observed: lambda/create-function-defaults, lambda/update-function-code
 */
export function functionAnswer(
  { scope, random, runtimes }: Pick<LambdaContext, 'scope' | 'random' | 'runtimes'>,
  { functionName, version, qualifier, progress }: ShownVersion,
): FunctionConfiguration {
  const isDone = progress === 'settled' || progress === 'listed'
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(scope, functionName, qualifier),
    ...configurationAnswer(version),
    Version: version.version,
    RevisionId: isDone ? version.revisionId : random.uuid(),
    ...progressAnswers[progress],
    ...(progress === 'listed'
      ? {}
      : { RuntimeVersionConfig: runtimeVersionConfig(scope, version.runtime, runtimes) }),
  }
}

/** A time as Lambda writes it: `2026-01-02T03:04:05.789+0000`. */
export function lambdaTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000')
}

function configurationAnswer(version: FunctionVersionRecord): FunctionConfiguration {
  const { environment, layers } = version
  return {
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.codeSize,
    Description: version.description,
    Timeout: version.timeout,
    MemorySize: version.memorySize,
    LastModified: lambdaTime(version.lastModifiedMs),
    CodeSha256: version.codeSha256,
    ...(environment === undefined ? {} : { Environment: { Variables: environment } }),
    TracingConfig: { Mode: 'PassThrough' },
    ...(layers.length === 0
      ? {}
      : { Layers: layers.map(({ arn, codeSize }) => ({ Arn: arn, CodeSize: codeSize })) }),
    PackageType: 'Zip',
    Architectures: [version.architecture],
    EphemeralStorage: { Size: version.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: version.logGroup },
  }
}

const progressAnswers: Readonly<Record<ShownProgress, FunctionConfiguration>> = {
  creating: {
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
  },
  updating: {
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  },
  settled: { State: 'Active', LastUpdateStatus: 'Successful' },
  listed: {},
}

/** What runs a runtime that has no program of its own here is told where AWS tells such troubles. */
function runtimeVersionConfig(
  { region }: Scope,
  runtime: string,
  runtimes: LambdaContext['runtimes'],
): RuntimeVersionConfig {
  const arn = `arn:aws:lambda:${region}::runtime:${sha256Hex(new TextEncoder().encode(runtime))}`
  const found = runtimes.find(runtime)
  const trouble = found.outcome === 'available' ? found.warning : found.detail
  if (trouble === undefined) return { RuntimeVersionArn: arn }
  const ErrorCode = found.outcome === 'available' ? 'RuntimeSubstituted' : 'RuntimeUnavailable'
  return { RuntimeVersionArn: arn, Error: { ErrorCode, Message: trouble } }
}
