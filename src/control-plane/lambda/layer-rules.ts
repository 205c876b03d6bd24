import type { Scope } from '../../aws/identifiers.ts'
import { lambdaTable } from '../../aws/lambda-model.ts'
import { layerArchitecturesMax, layerRuntimesMax } from '../../aws/limits.ts'
import type { PublishLayerVersionRequest } from '../../aws/models/lambda-types.ts'
import type { FunctionRuntimes } from '../../ports/function-runtimes.ts'
import { refusals } from './errors.ts'

const layerForm = /^arn:[^:]+:lambda:([^:]+):(\d{12}):layer:([^:]+)$/

/**
 * The name of a layer that a caller named, by its name or its ARN.
 *
 * @throws {ServiceError} AccessDeniedException for a layer of another account or region.
 */
export function readLayerName(scope: Scope, LayerName: string): string {
  const [, region, account, layerName] = layerForm.exec(LayerName) ?? []
  if (layerName === undefined) return LayerName
  if (region !== scope.region || account !== scope.account) throw refusals.otherLayer(LayerName)
  return layerName
}

/** @throws {ServiceError} InvalidParameterValueException. */
export function checkLayerVersionNumber(version: number): void {
  if (version < 1) throw refusals.layerVersionNumber()
}

/**
 * Refuses what a layer says to be compatible with, in this order: too many, runtimes that nobody has.
 * Architectures' words were checked before, by the model.
 *
 * @throws {ServiceError} ValidationException.
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export function checkCompatibility(
  {
    CompatibleRuntimes = [],
    CompatibleArchitectures = [],
  }: Pick<PublishLayerVersionRequest, 'CompatibleRuntimes' | 'CompatibleArchitectures'>,
  runtimes: FunctionRuntimes,
): void {
  if (CompatibleArchitectures.length > layerArchitecturesMax) {
    const value = { member: 'compatibleArchitectures', items: CompatibleArchitectures }
    throw refusals.tooManyCompatible(value, layerArchitecturesMax)
  }
  if (CompatibleRuntimes.length > layerRuntimesMax) {
    const value = { member: 'compatibleRuntimes', items: CompatibleRuntimes }
    throw refusals.tooManyCompatible(value, layerRuntimesMax)
  }
  if (!CompatibleRuntimes.every((runtime) => isRuntime(runtime, runtimes))) {
    throw refusals.unknownCompatibleRuntime(
      { member: 'compatibleRuntimes', value: `[${CompatibleRuntimes.join(', ')}]` },
      knownRuntimes(),
    )
  }
}

/**
 * Refuses a runtime to look for that nobody has.
 *
 * @throws {ServiceError} ValidationException.
 */
export function checkCompatibleRuntime(
  runtime: string | undefined,
  runtimes: FunctionRuntimes,
): void {
  if (runtime === undefined || isRuntime(runtime, runtimes)) return
  throw refusals.unknownCompatibleRuntime(
    { member: 'compatibleRuntime', value: runtime },
    knownRuntimes(),
  )
}

/** One of AWS's, run here or not: layers are also kept for elsewhere. Or one that this machine has. */
function isRuntime(runtime: string, runtimes: FunctionRuntimes): boolean {
  return knownRuntimes().includes(runtime) || runtimes.find(runtime).outcome === 'available'
}

function knownRuntimes(): readonly string[] {
  return lambdaTable.types['Runtime']?.enum ?? []
}
