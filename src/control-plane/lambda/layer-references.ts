import type { Scope } from '../../aws/identifiers.ts'
import { layersPerFunctionMax } from '../../aws/limits.ts'
import type { Transaction } from '../transaction.ts'
import { refusals } from './errors.ts'
import { keys, type LayerReferenceRecord } from './records.ts'

const layerVersionForm = /^arn:[^:]+:lambda:([^:]+):(\d{12}):layer:([^:]+):(\d+)$/

/**
 * The layer versions that ARNs name, in their order.
 *
 * @throws {ServiceError} in this order: too many, another region, two of one layer, one that is not there.
 * A layer of another account is not there.
 */
export async function resolveLayers(
  tx: Transaction,
  scope: Scope,
  arns: readonly string[],
): Promise<readonly LayerReferenceRecord[]> {
  if (arns.length > layersPerFunctionMax) throw refusals.manyLayers()
  if (arns.some((arn) => readLayerVersionArn(arn)?.region !== scope.region)) {
    throw refusals.layerRegion(scope.region)
  }
  refuseTwice(arns)
  const layers: LayerReferenceRecord[] = []
  for (const arn of arns) layers.push(await resolveLayer(tx, scope, arn))
  return layers
}

/** What the ARN of a layer version names. */
export interface LayerVersionName {
  readonly region: string
  readonly account: string
  readonly layerName: string
  readonly version: number
}

/** Undefined: it is not the ARN of a layer version. */
export function readLayerVersionArn(arn: string): LayerVersionName | undefined {
  const [, region, account, layerName, version] = layerVersionForm.exec(arn) ?? []
  if (region === undefined || account === undefined || layerName === undefined) return undefined
  return { region, account, layerName, version: Number(version) }
}

function refuseTwice(arns: readonly string[]): void {
  const seen = new Map<string, string>()
  for (const arn of arns) {
    const layer = arn.slice(0, arn.lastIndexOf(':'))
    const first = seen.get(layer)
    if (first !== undefined) throw refusals.layerTwice(first, arn)
    seen.set(layer, arn)
  }
}

async function resolveLayer(
  tx: Transaction,
  scope: Scope,
  arn: string,
): Promise<LayerReferenceRecord> {
  const named = readLayerVersionArn(arn)
  const found =
    named === undefined || named.account !== scope.account
      ? undefined
      : await tx.get(keys.layerVersion(scope, named.layerName, named.version))
  if (found === undefined) throw refusals.layerNotFound(arn)
  const { sha256, codeSize, unzippedBytes } = found
  return { arn, sha256, codeSize, unzippedBytes }
}
