import type { LambdaOperations, LayerVersionContentInput } from '../../aws/models/lambda-types.ts'
import { omitUndefined } from '../../base/omit-undefined.ts'
import type { Handlers } from '../service.ts'
import { listAll, transact } from '../transaction.ts'
import { layerArn } from './arns.ts'
import { folderBucket, storeZip, type StoredZip } from './code-source.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { layerVersionAnswer, listedLayerVersion } from './layer-answer.ts'
import { readLayerVersionArn } from './layer-references.ts'
import {
  checkCompatibility,
  checkCompatibleRuntime,
  checkLayerVersionNumber,
  readLayerName,
} from './layer-rules.ts'
import { functionPage } from './list-page.ts'
import { keys, type LayerVersionRecord } from './records.ts'

/** The operations on layers. A function keeps the content of a layer version that is deleted. */
export const layers = {
  /**
   * Refuses in this order: name, compatibility, content. Numbers are never used again.
   *
   * Observed: lambda/publish-layer-version-*
   */
  async PublishLayerVersion(input, context) {
    const { scope, store, clock } = context
    const layerName = readLayerName(scope, input.LayerName)
    checkCompatibility(input, context.runtimes)
    const { sha256, zippedBytes, unzippedBytes } = await storeContent(input.Content, context)
    const published = await transact(store, async (tx) => {
      const count = await tx.get(keys.layerVersionCount(scope, layerName))
      const layer: LayerVersionRecord = {
        layerName,
        version: (count?.last ?? 0) + 1,
        sha256,
        codeSize: zippedBytes,
        unzippedBytes,
        createdMs: clock.nowMs(),
        description: input.Description ?? '',
        ...omitUndefined({
          licenseInfo: input.LicenseInfo,
          compatibleRuntimes: input.CompatibleRuntimes,
          compatibleArchitectures: input.CompatibleArchitectures,
        }),
      }
      tx.put(keys.layerVersionCount(scope, layerName), { last: layer.version })
      tx.put(keys.layerVersion(scope, layerName, layer.version), layer)
      tx.put(keys.lambdaScope(scope), { account: scope.account, region: scope.region })
      return layer
    })
    return layerVersionAnswer(context, published)
  },

  async GetLayerVersion({ LayerName, VersionNumber }, context) {
    const layerName = readLayerName(context.scope, LayerName)
    checkLayerVersionNumber(VersionNumber)
    return layerVersionAnswer(context, await getLayerVersion(context, layerName, VersionNumber))
  },

  /** One of another account or region is not there. */
  async GetLayerVersionByArn({ Arn }, context) {
    const { scope } = context
    const named = readLayerVersionArn(Arn)
    if (named?.account !== scope.account || named.region !== scope.region) {
      throw refusals.noSuchResource()
    }
    const { layerName, version } = named
    return layerVersionAnswer(context, await getLayerVersion(context, layerName, version))
  },

  /** By name, each with its newest version of those that match. */
  async ListLayers({ Marker, MaxItems, ...wanted }, context) {
    const { scope, store } = context
    checkCompatibleRuntime(wanted.CompatibleRuntime, context.runtimes)
    const newest = new Map<string, LayerVersionRecord>()
    for (const { value: layer } of await listAll(store, keys.allLayerVersions(scope))) {
      const before = newest.get(layer.layerName)?.version ?? 0
      if (isCompatible(layer, wanted) && layer.version > before) newest.set(layer.layerName, layer)
    }
    const page = functionPage([...newest.values()], {
      listing: { name: 'layers', orderOf: ({ layerName }) => layerName },
      Marker,
      MaxItems,
    })
    return {
      NextMarker: page.NextMarker,
      Layers: page.items.map((layer) => ({
        LayerName: layer.layerName,
        LayerArn: layerArn(scope, layer.layerName),
        LatestMatchingVersion: listedLayerVersion(scope, layer),
      })),
    }
  },

  /** The newest first; none of a layer that is not there. */
  async ListLayerVersions({ LayerName, Marker, MaxItems, ...wanted }, context) {
    const { scope, store } = context
    const layerName = readLayerName(scope, LayerName)
    checkCompatibleRuntime(wanted.CompatibleRuntime, context.runtimes)
    const all = await listAll(store, keys.layerVersions(scope, layerName))
    const matching = all.map(({ value }) => value).filter((layer) => isCompatible(layer, wanted))
    const page = functionPage(matching, {
      listing: { name: `versions of the layer ${layerName}`, orderOf: newestFirst },
      Marker,
      MaxItems,
    })
    return {
      NextMarker: page.NextMarker,
      LayerVersions: page.items.map((layer) => listedLayerVersion(scope, layer)),
    }
  },

  /** One that is not there is as good as deleted. Its zip stays for as long as a function names it. */
  async DeleteLayerVersion({ LayerName, VersionNumber }, { scope, store }) {
    const layerName = readLayerName(scope, LayerName)
    checkLayerVersionNumber(VersionNumber)
    const key = keys.layerVersion(scope, layerName, VersionNumber)
    await transact(store, async (tx) => {
      if ((await tx.get(key)) !== undefined) tx.remove(key)
    })
    return {}
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** @throws {ServiceError} ResourceNotFoundException. */
async function getLayerVersion(
  { scope, store }: LambdaContext,
  layerName: string,
  version: number,
): Promise<LayerVersionRecord> {
  const key = keys.layerVersion(scope, layerName, version)
  const found = await transact(store, (tx) => tx.get(key))
  if (found === undefined) throw refusals.noSuchResource()
  return found
}

/** @throws {ServiceError} for all but a zip. */
async function storeContent(
  {
    ZipFile,
    S3Bucket,
    S3Key = '',
    S3ObjectVersion = '',
    S3ObjectStorageMode = '',
  }: LayerVersionContentInput,
  context: LambdaContext,
): Promise<StoredZip> {
  const isElsewhere = [S3Bucket ?? '', S3Key, S3ObjectVersion, S3ObjectStorageMode].join('') !== ''
  if (ZipFile !== undefined && isElsewhere) throw refusals.manyLayerContents()
  if (ZipFile !== undefined) return storeZip(ZipFile, context)
  if (S3Bucket === folderBucket) {
    throw refusals.refusedMember(
      'layers of folders',
      'a layer version never changes, and a folder does',
    )
  }
  throw S3Bucket === undefined ? refusals.noLayerContent() : refusals.noSuchBucket()
}

interface Wanted {
  readonly CompatibleRuntime?: string | undefined
  readonly CompatibleArchitecture?: string | undefined
}

/** A layer is found by what it says that it is compatible with; one that says nothing by nothing. */
function isCompatible(
  { compatibleRuntimes = [], compatibleArchitectures = [] }: LayerVersionRecord,
  { CompatibleRuntime, CompatibleArchitecture }: Wanted,
): boolean {
  const architectures: readonly string[] = compatibleArchitectures
  return (
    (CompatibleRuntime === undefined || compatibleRuntimes.includes(CompatibleRuntime)) &&
    (CompatibleArchitecture === undefined || architectures.includes(CompatibleArchitecture))
  )
}

/** Text that orders as the numbers do, backwards. */
function newestFirst({ version }: LayerVersionRecord): string {
  return String(Number.MAX_SAFE_INTEGER - version).padStart(16, '0')
}
