import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import { changeFunction, getFunction, readStoredFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { codeFreezer } from './freeze-code.ts'
import { functionAnswer } from './function-answer.ts'
import { readFunctionName } from './function-name.ts'
import { checkRevision } from './function-updates.ts'
import { functionPage } from './list-page.ts'
import { publishVersion } from './publish-version.ts'
import { refuseUnimplemented } from './refused-members.ts'

/** The operations on published versions. */
export const versions = {
  /**
   * Refuses in this order: function, revision, hash of the code, what a folder holds.
   *
   * Observed: lambda/publish-version-*
   */
  async PublishVersion(input, context) {
    const functionName = readFunctionName(context.scope, input.FunctionName)
    const { CodeSha256, Description, RevisionId, PublishTo } = input
    refuseUnimplemented({ PublishTo })
    const freeze = codeFreezer(context)
    const version = await changeFunction(context, { functionName }, async (record, tx) => {
      const { latest } = record
      checkRevision(latest, RevisionId)
      if (CodeSha256 !== undefined && CodeSha256 !== latest.codeSha256) {
        throw refusals.codeSha256(CodeSha256, latest.codeSha256)
      }
      const options = { freeze, description: Description }
      const published = await publishVersion(tx, context, record, options)
      return { record: published.record, result: published.version }
    })
    return functionAnswer(context, {
      functionName,
      version,
      qualifier: version.version,
      progress: 'settled',
    })
  },

  /** `$LATEST`, then the published versions by number. */
  async ListVersionsByFunction(input, context) {
    const { scope, store } = context
    const functionName = readFunctionName(scope, input.FunctionName)
    const stored = await transact(store, async (tx) =>
      readStoredFunction(tx, scope, await getFunction(tx, scope, { functionName })),
    )
    const page = functionPage([stored.record.latest, ...stored.versions], {
      listing: { name: `versions of ${functionName}`, orderOf: ({ version }) => orderOf(version) },
      Marker: input.Marker,
      MaxItems: input.MaxItems,
    })
    return {
      Versions: page.items.map((version) =>
        functionAnswer(context, {
          functionName,
          version,
          qualifier: version.version,
          progress: 'listed',
        }),
      ),
      NextMarker: page.NextMarker,
    }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** Text that orders as the numbers do, with `$LATEST` before them. */
function orderOf(version: string): string {
  return version === '$LATEST' ? '' : version.padStart(16, '0')
}
