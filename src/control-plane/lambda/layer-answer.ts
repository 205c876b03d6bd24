import type { Scope } from '../../aws/identifiers.ts'
import type {
  GetLayerVersionResponse,
  LayerVersionsListItem,
} from '../../aws/models/lambda-types.ts'
import { layerArn } from './arns.ts'
import { base64OfHex, zipLocation } from './code-source.ts'
import type { LambdaContext } from './context.ts'
import { lambdaTime } from './function-answer.ts'
import type { LayerVersionRecord } from './records.ts'

/**
 * A layer version in AWS's terms, with where its zip can be read. The compatible runtimes and
 * architectures are there when they were given, empty lists too.
 *
 * Observed: lambda/publish-layer-version, lambda/publish-layer-version-empty-lists
 */
export function layerVersionAnswer(
  { scope, endpoint }: Pick<LambdaContext, 'scope' | 'endpoint'>,
  layer: LayerVersionRecord,
): GetLayerVersionResponse {
  return {
    Content: {
      Location: zipLocation(endpoint, layer.sha256),
      CodeSha256: base64OfHex(layer.sha256),
      CodeSize: layer.codeSize,
    },
    LayerArn: layerArn(scope, layer.layerName),
    ...listedLayerVersion(scope, layer),
  }
}

/** As `layerVersionAnswer()`, without its content: an entry of a list. */
export function listedLayerVersion(scope: Scope, layer: LayerVersionRecord): LayerVersionsListItem {
  const { licenseInfo, compatibleRuntimes, compatibleArchitectures } = layer
  return {
    LayerVersionArn: layerArn(scope, layer.layerName, layer.version),
    Version: layer.version,
    Description: layer.description,
    CreatedDate: lambdaTime(layer.createdMs),
    ...(compatibleArchitectures === undefined
      ? {}
      : { CompatibleArchitectures: compatibleArchitectures }),
    ...(compatibleRuntimes === undefined ? {} : { CompatibleRuntimes: compatibleRuntimes }),
    ...(licenseInfo === undefined ? {} : { LicenseInfo: licenseInfo }),
  }
}
