import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  CreateVpcLinkRequest,
} from '../../../aws/models/apigateway-types.ts'
import type { Random } from '../../../ports/random.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type VpcLinkRecord } from '../records.ts'
import { checkTags } from '../tags/tag-rules.ts'
import { warnUnreachable } from './unreachable-vpc-links.ts'
import { vpcLinkPatchTable } from './vpc-link-patch-paths.ts'
import { getVpcLink, isReady, vpcLinkAnswer, vpcLinkDeclarationOf } from './vpc-link-records.ts'
import { refuseReferences } from './vpc-link-references.ts'
import { vpcLinkRefusals } from './vpc-link-refusals.ts'

/** The operations on VPC links. One that is ready is used by the data plane when its creation answers. */
export const vpcLinks = {
  /**
   * AWS takes minutes and says PENDING; here nothing is built, so whoever asks again is told that the link
   * is ready. Refuses in this order: name, targets, tags, quota.
   *
   * Observed: management/create-vpc-link-*
   */
  async CreateVpcLink(input, context) {
    checkMembers(input)
    checkTags(input.tags ?? {}, context.quotas)
    const { scope, store, feed, log, vpcLinkTargets } = context
    const { result: link, revision } = await transactWithRevision(store, (tx) =>
      createVpcLink(tx, input, context),
    )
    if (isReady(link)) {
      const declaration = vpcLinkDeclarationOf(scope, link, revision)
      await feed.publish({ kind: 'declared', of: 'vpc-link', declaration })
      warnUnreachable(log, declaration, vpcLinkTargets)
    }
    return { ...link, status: 'PENDING' }
  },

  async GetVpcLink({ vpcLinkId }, { scope, store }) {
    return transact(store, async (tx) => withTags(await getVpcLink(tx, scope, vpcLinkId)))
  },

  async GetVpcLinks(request, { scope, store }) {
    return transact(store, async (tx) => {
      const listed = await tx.list(keys.vpcLinks(scope))
      const records = listed.map(({ value }) => value)
      const page = pageOf(records, { name: 'vpclinks', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map(vpcLinkAnswer) }
    })
  },

  async UpdateVpcLink({ vpcLinkId, patchOperations = [] }, { scope, store }) {
    return transact(store, async (tx) => {
      const before = await getVpcLink(tx, scope, vpcLinkId)
      const after = await applyPatchOperations(
        vpcLinkPatchTable,
        before,
        patchOperations,
        undefined,
      )
      tx.put(keys.vpcLink(scope, after.id), after)
      return withTags(after)
    })
  },

  /** Refused while a stage serves the link or a method is set to use it. */
  async DeleteVpcLink({ vpcLinkId }, context) {
    const { scope, store, feed } = context
    const { result: link, revision } = await transactWithRevision(store, async (tx) => {
      const found = await getVpcLink(tx, scope, vpcLinkId)
      await refuseReferences(tx, context, found.id)
      tx.remove(keys.vpcLink(scope, found.id))
      tx.remove(keys.vpcLinkOwner(found.id))
      return found
    })
    const { account, region } = scope
    await feed.publish({
      kind: 'withdrawn',
      of: 'vpc-link',
      account,
      region,
      id: link.id,
      revision,
    })
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** AWS shows the tags of a single link even when there are none. */
function withTags(link: VpcLinkRecord): ReturnType<typeof vpcLinkAnswer> {
  return { tags: {}, ...vpcLinkAnswer(link) }
}

/** Of an ARN as its parser sees it: six parts, none of the first three empty. */
const arnForm = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/

function checkMembers({ name, targetArns }: CreateVpcLinkRequest): void {
  if (name === '') throw vpcLinkRefusals.emptyName()
  if (targetArns.length > 1) throw vpcLinkRefusals.manyTargets()
  if (targetArns.length === 0) throw vpcLinkRefusals.noTarget()
  const malformed = targetArns.find((arn) => !arnForm.test(arn))
  if (malformed !== undefined) throw vpcLinkRefusals.malformedArn(malformed)
}

/** Writes the account's record, so that of two links racing for the last place one sees the other. */
async function createVpcLink(
  tx: Transaction,
  { name, description, targetArns, tags = {} }: CreateVpcLinkRequest,
  { scope, random, quotas }: ApiGatewayContext,
): Promise<VpcLinkRecord> {
  const account = await tx.get(keys.account(scope))
  tx.put(keys.account(scope), account ?? {})
  const existing = await tx.list(keys.vpcLinks(scope))
  if (existing.length >= quotas.vpcLinks) throw vpcLinkRefusals.tooMany()
  const link: VpcLinkRecord = {
    id: await freeVpcLinkId(tx, random),
    name,
    ...(description === undefined || description === '' ? {} : { description }),
    targetArns: [...targetArns],
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
  }
  tx.put(keys.vpcLink(scope, link.id), link)
  tx.put(keys.vpcLinkOwner(link.id), ownerOf(scope))
  return link
}

function ownerOf({ account, region }: Scope) {
  return { account, region }
}

const vpcLinkIdCharacters = 6

async function freeVpcLinkId(tx: Transaction, random: Random): Promise<string> {
  for (;;) {
    const id = random.identifier(vpcLinkIdCharacters)
    if ((await tx.get(keys.vpcLinkOwner(id))) === undefined) return id
  }
}
