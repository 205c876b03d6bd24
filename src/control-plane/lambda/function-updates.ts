import type { LambdaOperations, UpdateFunctionCodeRequest } from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { transact, type Transaction } from '../transaction.ts'
import { changeFunction, getFunction, type FunctionChange } from './change-function.ts'
import { checkUnzippedSize, storeCode } from './code-source.ts'
import {
  changedConfiguration,
  checkArchitectures,
  checkConfiguration,
  latestVersion,
} from './configuration.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { codeFreezer, type FreezeCode } from './freeze-code.ts'
import { functionAnswer } from './function-answer.ts'
import { readFunctionName } from './function-name.ts'
import { resolveLayers } from './layer-references.ts'
import { publishVersion } from './publish-version.ts'
import type { FunctionCodeRecord, FunctionRecord, FunctionVersionRecord } from './records.ts'
import { refuseUnimplemented } from './refused-members.ts'

/** The operations that change `$LATEST`. The next invocation runs what it is now. */
export const functionUpdates = {
  /**
   * With `DryRun` all is checked and nothing changed; with `Publish` the answer is the new version.
   *
   * Observed: lambda/update-function-code-*
   */
  async UpdateFunctionCode(input, context) {
    const functionName = readFunctionName(context.scope, input.FunctionName)
    if ((input.ImageUri ?? '') !== '') throw refusals.imageForZip()
    refuseUnimplemented({ PublishTo: input.PublishTo })
    checkArchitectures(input.Architectures)
    // Looked for again when it is changed: here so that no code is kept for a function that is none.
    await transact(context.store, (tx) => getFunction(tx, context.scope, { functionName }))
    const code = await storeCode(input, context)
    const freeze = codeFreezer(context)
    const shown = await changeFunction(context, { functionName }, (record, tx) =>
      changeCode(tx, record, { input, code, context, freeze }),
    )
    return functionAnswer(context, { functionName, ...shown })
  },

  /** What is not given stays as it is. */
  async UpdateFunctionConfiguration(input, context) {
    const functionName = readFunctionName(context.scope, input.FunctionName)
    await checkConfiguration(input, context)
    const version = await changeFunction(context, { functionName }, async (record, tx) => {
      checkRevision(record.latest, input.RevisionId)
      const layers =
        input.Layers === undefined
          ? record.latest.layers
          : await resolveLayers(tx, context.scope, input.Layers)
      checkUnzippedSize([record.latest, ...layers])
      const configuration = { ...changedConfiguration(record.latest, input), layers }
      const latest = latestVersion(configuration, context)
      return { record: { ...record, latest }, result: latest }
    })
    return functionAnswer(context, { functionName, version, progress: 'updating' })
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** @throws {ServiceError} PreconditionFailedException when a caller knows another revision. */
export function checkRevision(
  { revisionId }: { readonly revisionId: string },
  known: string | undefined,
): void {
  if (known !== undefined && known !== revisionId) throw refusals.staleRevision()
}

interface NewCode {
  readonly input: UpdateFunctionCodeRequest
  readonly code: FunctionCodeRecord
  readonly context: LambdaContext
  readonly freeze: FreezeCode
}

/** What the answer shows of the change. */
interface ShownChange {
  readonly version: FunctionVersionRecord
  readonly qualifier?: string
  readonly progress: 'creating' | 'updating'
}

async function changeCode(
  tx: Transaction,
  record: FunctionRecord,
  { input, code, context, freeze }: NewCode,
): Promise<FunctionChange<ShownChange>> {
  checkRevision(record.latest, input.RevisionId)
  checkUnzippedSize([code, ...record.latest.layers])
  const { Architectures } = input
  const configuration = changedConfiguration({ ...record.latest, ...code }, { Architectures })
  const latest = latestVersion(configuration, context)
  const shown: ShownChange = { version: latest, progress: 'updating' }
  if (input.DryRun === true) return { record, result: shown }
  const changed: FunctionRecord = { ...record, latest }
  if (input.Publish !== true) return { record: changed, result: shown }
  const { record: published, version } = await publishVersion(tx, context, changed, { freeze })
  return {
    record: published,
    result: { version, qualifier: version.version, progress: 'creating' },
  }
}
