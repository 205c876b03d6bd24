import { canonicalJson } from '../../base/json.ts'
import type { CreateFunctionRequest } from '../../aws/models/lambda-types.ts'
import { sha256Hex } from '../../aws/sha256.ts'
import type { LambdaContext } from './context.ts'
import { checkEnvironment } from './environment-rules.ts'
import { refusals } from './errors.ts'
import type {
  FunctionCodeRecord,
  FunctionConfigurationRecord,
  FunctionVersionRecord,
  LayerReferenceRecord,
} from './records.ts'
import { refuseUnimplemented } from './refused-members.ts'
import { checkRuntime } from './runtime-rules.ts'

type Settings = Omit<CreateFunctionRequest, 'FunctionName' | 'Code' | 'Tags'>

/** What a caller sets of a function's configuration: all of it at its creation, parts of it later. */
export type ConfigurationInput = {
  readonly [Member in keyof Settings]?: Settings[Member] | undefined
}

/**
 * Refuses what cannot be, or is not built, in this order: what is not built, architectures, runtime,
 * environment. Lengths, ranges and words were checked before, by the model.
 *
 * @throws {ServiceError}
 */
export async function checkConfiguration(
  input: ConfigurationInput,
  { runtimes }: Pick<LambdaContext, 'runtimes'>,
): Promise<void> {
  refuseUnimplemented(input)
  checkArchitectures(input.Architectures)
  if (input.Runtime !== undefined) await checkRuntime(input.Runtime, runtimes)
  checkEnvironment(input.Environment?.Variables ?? {})
}

/** @throws {ServiceError} ValidationException for more or less than one. */
export function checkArchitectures(architectures: readonly string[] | undefined): void {
  if (architectures !== undefined && architectures.length !== 1) {
    throw refusals.architecturesCount(architectures)
  }
}

/**
 * The configuration of a new function, with AWS's defaults for what is not given.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 * Observed: lambda/create-function-defaults
 */
export function newConfiguration(
  functionName: string,
  input: CreateFunctionRequest,
  layers: readonly LayerReferenceRecord[],
  code: FunctionCodeRecord,
): FunctionConfigurationRecord {
  const defaults: FunctionConfigurationRecord = {
    ...code,
    runtime: '',
    role: input.Role,
    handler: '',
    description: '',
    timeout: 3,
    memorySize: 128,
    ephemeralStorage: 512,
    layers,
    architecture: 'x86_64',
    logGroup: `/aws/lambda/${functionName}`,
  }
  return changedConfiguration(defaults, input)
}

/** A configuration with what a caller gave in place of what was; layers are resolved elsewhere. */
export function changedConfiguration(
  before: FunctionConfigurationRecord,
  input: ConfigurationInput,
): FunctionConfigurationRecord {
  const environment = input.Environment === undefined ? before.environment : variablesOf(input)
  return {
    ...before,
    runtime: input.Runtime ?? before.runtime,
    role: input.Role ?? before.role,
    handler: input.Handler ?? before.handler,
    description: input.Description ?? before.description,
    timeout: input.Timeout ?? before.timeout,
    memorySize: input.MemorySize ?? before.memorySize,
    ephemeralStorage: input.EphemeralStorage?.Size ?? before.ephemeralStorage,
    ...(environment === undefined ? {} : { environment }),
    architecture: input.Architectures?.[0] ?? before.architecture,
    logGroup: input.LoggingConfig?.LogGroup ?? before.logGroup,
  }
}

function variablesOf({ Environment }: ConfigurationInput): Readonly<Record<string, string>> {
  return { ...Environment?.Variables }
}

/** `$LATEST` with a configuration, as a change leaves it. */
export function latestVersion(
  configuration: FunctionConfigurationRecord,
  { clock, random }: Pick<LambdaContext, 'clock' | 'random'>,
): FunctionVersionRecord {
  return {
    ...configuration,
    version: '$LATEST',
    revisionId: random.uuid(),
    configurationHash: configurationHashOf(configuration),
    lastModifiedMs: clock.nowMs(),
  }
}

/** Equal for configurations that are equal, whatever version they are of. */
export function configurationHashOf(configuration: FunctionConfigurationRecord): string {
  const { runtime, role, handler, description, timeout, memorySize, ephemeralStorage } =
    configuration
  const { environment, layers, architecture, logGroup, code, codeSha256 } = configuration
  const decisive = {
    ...{ runtime, role, handler, description, timeout, memorySize, ephemeralStorage },
    ...{ environment, architecture, logGroup, codeSha256, layers: layers.map(({ arn }) => arn) },
    code: code.kind === 'zip' ? code.sha256 : code.path,
  }
  return sha256Hex(new TextEncoder().encode(canonicalJson(decisive)))
}
