import { functionNameCharactersMax } from '../../aws/limits.ts'
import type {
  CreateFunctionRequest,
  FunctionCodeLocation,
  FunctionConfiguration,
  LambdaOperations,
} from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { listAll, transact, transactWithRevision, type Transaction } from '../transaction.ts'
import {
  getFunction,
  getVersion,
  inOrder,
  publishFunction,
  readStoredFunction,
} from './change-function.ts'
import { checkUnzippedSize, storeCode, zipLocation } from './code-source.ts'
import { checkConfiguration, latestVersion, newConfiguration } from './configuration.ts'
import type { LambdaContext } from './context.ts'
import { deleteFunction, deleteVersion } from './delete-function.ts'
import { refusals } from './errors.ts'
import { codeFreezer, type FreezeCode } from './freeze-code.ts'
import { functionAnswer } from './function-answer.ts'
import { readFunctionAddress, readFunctionName, type FunctionAddress } from './function-name.ts'
import { checkFunctionTags } from './function-tags.ts'
import { resolveLayers } from './layer-references.ts'
import { functionPage } from './list-page.ts'
import { publishVersion, type PublishedVersion } from './publish-version.ts'
import { keys, type FunctionCodeRecord, type FunctionRecord } from './records.ts'

/** The operations on whole functions. One that is created may be invoked when its creation answers. */
export const functions = {
  /**
   * Refuses in this order: name, runtime and handler, configuration, tags, code, a function of that name,
   * layers, size.
   *
   * Observed: lambda/create-function-*
   */
  async CreateFunction(input, context) {
    const functionName = readFunctionName(context.scope, input.FunctionName)
    if (functionName.length > functionNameCharactersMax) throw refusals.longName(functionName)
    await checkNewFunction(input, context)
    const code = await storeCode(input.Code, context)
    const freeze = codeFreezer(context)
    const { result, revision } = await transactWithRevision(context.store, async (tx) => {
      const created = await createFunction(tx, functionName, { input, code, context, freeze })
      return { ...created, stored: await readStoredFunction(tx, context.scope, created.record) }
    })
    await publishFunction(context, result.stored, revision)
    return functionAnswer(context, {
      functionName,
      version: result.version,
      progress: 'creating',
    })
  },

  async GetFunction(input, context) {
    const address = readFunctionAddress(context.scope, input)
    const { record, version } = await readVersion(context, address)
    const { tags, reservedConcurrency } = record
    return {
      Configuration: functionAnswer(context, { ...address, version, progress: 'settled' }),
      Code: codeLocation(version, context.endpoint),
      ...(tags === undefined ? {} : { Tags: tags }),
      ...(reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    }
  },

  async GetFunctionConfiguration(input, context) {
    const address = readFunctionAddress(context.scope, input)
    const { version } = await readVersion(context, address)
    return functionAnswer(context, { ...address, version, progress: 'settled' })
  },

  /**
   * With `FunctionVersion` ALL each function is followed by its versions, all named by qualified ARNs. With
   * `MasterRegion` those alone that were replicated from there, and none ever is.
   */
  async ListFunctions({ FunctionVersion, MasterRegion, Marker, MaxItems }, context) {
    const { scope, store } = context
    if (MasterRegion !== undefined) return { Functions: [] }
    const listed = await listAll(store, keys.functions(scope))
    const page = functionPage(listed, {
      listing: { name: 'functions', orderOf: ({ value }) => value.functionName },
      Marker,
      MaxItems,
    })
    const shown = await Promise.all(
      page.items.map(async ({ value }) =>
        FunctionVersion === 'ALL' ? listVersions(context, value) : [listedLatest(context, value)],
      ),
    )
    return { Functions: shown.flat(), NextMarker: page.NextMarker }
  },

  /** With a qualifier a published version goes, else all of the function but the count of its versions. */
  async DeleteFunction(input, context) {
    const address = readFunctionAddress(context.scope, input)
    const { functionName, qualifier } = address
    if (qualifier === '$LATEST') throw refusals.deleteLatest()
    if (qualifier !== undefined && !isVersionNumber(qualifier)) throw refusals.deleteByAlias()
    if (qualifier === undefined) await deleteFunction(context, functionName)
    else await deleteVersion(context, { functionName, version: qualifier })
    return { StatusCode: 204 }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

function listedLatest(
  context: LambdaContext,
  { functionName, latest }: FunctionRecord,
): FunctionConfiguration {
  return functionAnswer(context, { functionName, version: latest, progress: 'listed' })
}

async function listVersions(
  context: LambdaContext,
  { functionName, latest }: FunctionRecord,
): Promise<readonly FunctionConfiguration[]> {
  const listed = await listAll(context.store, keys.functionVersions(context.scope, functionName))
  return [latest, ...inOrder(listed.map(({ value }) => value))].map((version) =>
    functionAnswer(context, {
      functionName,
      version,
      qualifier: version.version,
      progress: 'listed',
    }),
  )
}

const isVersionNumber = (qualifier: string): boolean => /^\d+$/.test(qualifier)

async function checkNewFunction(
  input: CreateFunctionRequest,
  context: LambdaContext,
): Promise<void> {
  const { PackageType = 'Zip', Runtime, Handler, Tags = {} } = input
  if (PackageType === 'Zip' && (Runtime === undefined || Handler === undefined)) {
    throw refusals.runtimeAndHandler()
  }
  await checkConfiguration(input, context)
  checkFunctionTags(Tags, context.quotas)
}

interface NewFunction {
  readonly input: CreateFunctionRequest
  readonly code: FunctionCodeRecord
  readonly context: LambdaContext
  readonly freeze: FreezeCode
}

async function createFunction(
  tx: Transaction,
  functionName: string,
  { input, code, context, freeze }: NewFunction,
): Promise<PublishedVersion> {
  const { scope } = context
  if ((await tx.get(keys.function(scope, functionName))) !== undefined) {
    throw refusals.functionExists(functionName)
  }
  const layers = await resolveLayers(tx, scope, input.Layers ?? [])
  checkUnzippedSize([code, ...layers])
  const { Tags = {} } = input
  const draft: FunctionRecord = {
    functionName,
    latest: latestVersion(newConfiguration(functionName, input, layers, code), context),
    aliases: {},
    policies: {},
    ...(Object.keys(Tags).length === 0 ? {} : { tags: { ...Tags } }),
  }
  const made =
    input.Publish === true
      ? await publishVersion(tx, context, draft, { freeze })
      : { record: draft, version: draft.latest }
  tx.put(keys.function(scope, functionName), made.record)
  tx.put(keys.lambdaScope(scope), { account: scope.account, region: scope.region })
  return made
}

function readVersion({ scope, store }: LambdaContext, address: FunctionAddress) {
  return transact(store, async (tx) => {
    const record = await getFunction(tx, scope, address)
    return { record, version: await getVersion(tx, scope, record, address.qualifier) }
  })
}

/** Where the code can be read. */
function codeLocation({ code }: FunctionCodeRecord, endpoint: string): FunctionCodeLocation {
  return code.kind === 'zip'
    ? { RepositoryType: 'S3', Location: zipLocation(endpoint, code.sha256) }
    : { RepositoryType: 'hot-reload', Location: code.path }
}
