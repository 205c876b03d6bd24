import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import { withoutMember } from '../without-member.ts'
import { changeFunction, getFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { readFunctionAddress, type FunctionAddress } from './function-name.ts'
import { checkFunctionTags } from './function-tags.ts'
import type { FunctionRecord } from './records.ts'

type Tags = Readonly<Record<string, string>>

/** The operations on the tags of functions, which are what has tags here. */
export const tags = {
  /**
   * Refuses in this order: no tags, resource, function, the tags that it would have.
   *
   * Observed: lambda/tag-resource-*
   */
  async TagResource({ Resource, Tags }, context) {
    if (Object.keys(Tags).length === 0) throw refusals.noTags()
    await changeTags(context, Resource, (before) => {
      const after = { ...before, ...Tags }
      checkFunctionTags(after, context.quotas)
      return after
    })
    return {}
  },

  /** Keys that are not there are as good as removed. */
  async UntagResource({ Resource, TagKeys }, context) {
    await changeTags(context, Resource, (before) =>
      TagKeys.reduce<Tags>((rest, key) => withoutMember(rest, key), before),
    )
    return {}
  },

  async ListTags({ Resource }, context) {
    const { scope, store } = context
    const address = readTaggedFunction(context, Resource)
    const record = await transact(store, (tx) => getFunction(tx, scope, address))
    return { Tags: record.tags ?? {} }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/**
 * The function that an ARN names.
 *
 * @throws {ServiceError} in this order: not a function's, another region or account, qualified.
 */
function readTaggedFunction({ scope }: LambdaContext, arn: string): FunctionAddress {
  if (!/^arn:[^:]+:lambda:[^:]+:\d{12}:function:/.test(arn)) throw refusals.noSuchResource()
  const address = readFunctionAddress(scope, { FunctionName: arn })
  if (address.qualifier !== undefined) throw refusals.qualifiedTags()
  return address
}

/** The revision changes with the tags, as AWS's does. */
async function changeTags(
  context: LambdaContext,
  arn: string,
  change: (before: Tags) => Tags,
): Promise<void> {
  const address = readTaggedFunction(context, arn)
  await changeFunction(context, address, (record) => ({
    record: withTags(record, change(record.tags ?? {}), context.random.uuid()),
    result: undefined,
  }))
}

function withTags(record: FunctionRecord, after: Tags, revisionId: string): FunctionRecord {
  const { tags: _before, ...rest } = record
  return {
    ...rest,
    latest: { ...record.latest, revisionId },
    ...(Object.keys(after).length === 0 ? {} : { tags: after }),
  }
}
