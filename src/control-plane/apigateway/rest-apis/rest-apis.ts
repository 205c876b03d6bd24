import type { RestApiId, Scope } from '../../../aws/identifiers.ts'
import { minimumCompressionBytesMax } from '../../../aws/limits.ts'
import type { Quotas } from '../../../aws/limits.ts'
import type {
  ApiGatewayOperations,
  CreateRestApiRequest,
} from '../../../aws/models/apigateway-types.ts'
import { invariant } from '../../../base/invariant.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import type { Random } from '../../../ports/random.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision } from '../../transaction.ts'
import type { Transaction, TypedKey } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { restApiAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import { asRestApiId, randomRestApiId, randomRootResourceId } from '../identifiers.ts'
import { checkedList } from '../list-rules.ts'
import { getRestApi } from '../lookup.ts'
import { storeDefaultModels } from '../models/model-records.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import type { ResourceRecord, RestApiRecord } from '../records.ts'
import { checkTags, customIdOf } from '../tags/tag-rules.ts'
import { unenforcedOfRestApi, warnUnenforced } from '../unenforced-settings.ts'
import { detachStages } from '../usage-plans/plan-members.ts'
import { publishUsagePlans } from '../usage-plans/usage-plan-records.ts'
import { cloneDefinition } from './clone-definition.ts'
import { endpointConfigurationOf } from './endpoint-configuration.ts'
import { checkPolicyDocument } from './policy-document.ts'
import { restApiPatchTable } from './rest-api-patch-paths.ts'

/** The operations on APIs. */
export const restApis = {
  /** The tag `_custom_id_` chooses the id; it stays among the tags. */
  async CreateRestApi(input, { scope, store, random, clock, quotas, log }) {
    const settings = settingsOf(input)
    const tags = input.tags ?? {}
    checkTags(tags, quotas)
    const customId = customIdOf(tags)
    const api = await transact(store, async (tx) => {
      const source = await findSource(tx, scope, input.cloneFrom)
      const type = settings.endpointConfiguration.types[0]
      await checkApiQuota(tx, scope, { type, quotas })
      const id = await freeRestApiId(tx, customId, random)
      const rootResourceId = randomRootResourceId(random)
      const created: RestApiRecord = {
        ...(source === undefined ? {} : clonedSettings(source)),
        ...settings,
        ...(Object.keys(tags).length === 0 ? {} : { tags }),
        id,
        rootResourceId,
        createdDate: Math.floor(clock.nowMs() / 1000),
        apiKeySource: input.apiKeySource ?? source?.apiKeySource ?? 'HEADER',
        disableExecuteApiEndpoint:
          input.disableExecuteApiEndpoint ?? source?.disableExecuteApiEndpoint ?? false,
        modelsAreStored: true,
      }
      tx.put(keys.restApi(scope, id), created)
      tx.put(keys.restApiOwner(id), { ...scope })
      const root: ResourceRecord = { id: rootResourceId, path: '/', methods: {} }
      tx.put(keys.resource(scope, id, rootResourceId), root)
      if (source === undefined) storeDefaultModels(tx, scope, id)
      else await cloneDefinition(tx, scope, { source, target: created, random })
      return created
    })
    warnUnenforced(log, { restApiId: api.id }, unenforcedOfRestApi(api))
    return restApiAnswer(api)
  },

  async GetRestApi({ restApiId }, { scope, store }) {
    return transact(store, async (tx) => restApiAnswer(await getRestApi(tx, scope, restApiId)))
  },

  async GetRestApis(request, { scope, store }) {
    return transact(store, async (tx) => {
      const listed = await tx.list(keys.restApis(scope))
      const records = listed.map(({ value }) => value)
      const page = pageOf(records, { name: 'restapis', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map(restApiAnswer) }
    })
  },

  /**
   * Changes the API's own members; what a deployment has frozen of them stays until the next one.
   *
   * The answer has `tags` also when there are none, as no other operation's has.
   * Observed: management/update-rest-api-*
   */
  async UpdateRestApi({ restApiId, patchOperations = [] }, { scope, store, quotas, log }) {
    const { before, after } = await transact(store, async (tx) => {
      const before = await getRestApi(tx, scope, restApiId)
      const patched = await applyPatchOperations(
        restApiPatchTable,
        before,
        patchOperations,
        undefined,
      )
      const endpointConfiguration = endpointConfigurationOf(patched.endpointConfiguration)
      const [type] = endpointConfiguration.types
      if (type !== before.endpointConfiguration.types[0]) {
        await checkApiQuota(tx, scope, { type, quotas })
      }
      const after = { ...patched, endpointConfiguration }
      tx.put(keys.restApi(scope, restApiId), after)
      return { before, after }
    })
    warnUnenforced(log, { restApiId }, unenforcedOfRestApi(after), unenforcedOfRestApi(before))
    return { ...restApiAnswer(after), tags: after.tags ?? {} }
  },

  /** Deletes the API with everything in it; its stages are not served any more, and in no usage plan, when it returns. */
  async DeleteRestApi({ restApiId }, context) {
    const { scope, store, feed } = context
    const { result, revision } = await transactWithRevision(store, async (tx) => {
      const { id } = await getRestApi(tx, scope, restApiId)
      const stages = await tx.list(keys.stages(scope, id))
      const plans = await detachStages(tx, scope, { restApiId: id })
      for (const prefix of everythingOf(scope, id)) {
        for (const { key } of await tx.list(prefix)) tx.remove(key)
      }
      return { id, stageNames: stages.map(({ value }) => value.stageName), plans }
    })
    const { id, stageNames, plans } = result
    await publishUsagePlans(context, plans, revision)
    await Promise.all(
      stageNames.map(async (stageName) =>
        feed.publish({ kind: 'stage-removed', restApiId: id, stageName, revision }),
      ),
    )
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** Prefixes of all records that exist because an API does. */
function everythingOf(scope: Scope, id: RestApiId): readonly TypedKey<object>[] {
  return [
    keys.restApi(scope, id),
    keys.restApiOwner(id),
    keys.resources(scope, id),
    keys.resourceNames(scope, id),
    keys.resourceCount(scope, id),
    keys.models(scope, id),
    keys.requestValidators(scope, id),
    keys.gatewayResponses(scope, id),
    keys.deployments(scope, id),
    keys.stages(scope, id),
    keys.documentationParts(scope, id),
    keys.documentationPlaces(scope, id),
    keys.documentationVersions(scope, id),
  ]
}

/**
 * What a caller said of a new API, checked. Refuses in this order: name, description, endpoint, minimum
 * compression size, policy, binary media types.
 *
 * Observed: management/create-rest-api-description-before-endpoint
 */
function settingsOf(input: CreateRestApiRequest) {
  if (input.name === '') throw refusals.emptyName()
  if (input.description === '') throw refusals.emptyDescription()
  const endpointConfiguration = endpointConfigurationOf(input.endpointConfiguration)
  const size = input.minimumCompressionSize ?? 0
  if (!(size >= 0 && size <= minimumCompressionBytesMax)) throw refusals.compressionSize()
  if (input.policy) checkPolicyDocument(input.policy)
  const { name, description, version, minimumCompressionSize } = input
  const { securityPolicy, endpointAccessMode } = input
  const binaryMediaTypes = checkedList(input.binaryMediaTypes)?.length
    ? [...new Set(input.binaryMediaTypes)]
    : undefined
  const policy = input.policy || undefined
  return {
    name,
    ...omitUndefined({ description, version, binaryMediaTypes, minimumCompressionSize }),
    ...omitUndefined({ policy, securityPolicy, endpointAccessMode }),
    endpointConfiguration,
  }
}

async function findSource(
  tx: Transaction,
  scope: Scope,
  cloneFrom: string | undefined,
): Promise<RestApiRecord | undefined> {
  return cloneFrom === undefined ? undefined : getRestApi(tx, scope, cloneFrom)
}

/** What a clone takes over when the call does not say otherwise: what a deployment would capture. */
function clonedSettings(source: RestApiRecord) {
  const { binaryMediaTypes, minimumCompressionSize, policy } = source
  return omitUndefined({ binaryMediaTypes, minimumCompressionSize, policy })
}

const quotaOfType = {
  EDGE: 'edgeApis',
  REGIONAL: 'regionalApis',
  PRIVATE: 'privateApis',
} as const satisfies Record<string, keyof Quotas>

/** Writes the account's record, so that of two APIs racing for the last place one sees the other. */
async function checkApiQuota(
  tx: Transaction,
  scope: Scope,
  { type = 'EDGE', quotas }: { type?: keyof typeof quotaOfType | undefined; quotas: Quotas },
): Promise<void> {
  const account = await tx.get(keys.account(scope))
  tx.put(keys.account(scope), account ?? {})
  const listed = await tx.list(keys.restApis(scope))
  const count = listed.filter(({ value }) =>
    value.endpointConfiguration.types.includes(type),
  ).length
  if (count >= quotas[quotaOfType[type]]) throw refusals.tooManyApis()
}

const idAttemptsMax = 100

/** An id that no API of the server has, in whatever account: a URL names nothing else. */
async function freeRestApiId(
  tx: Transaction,
  customId: string | undefined,
  random: Random,
): Promise<RestApiId> {
  if (customId !== undefined) {
    if (await isTaken(tx, customId)) throw refusals.customIdTaken(customId)
    return asRestApiId(customId)
  }
  for (let attempt = 0; attempt < idAttemptsMax; attempt += 1) {
    const id = randomRestApiId(random)
    if (!(await isTaken(tx, id))) return id
  }
  invariant(false, 'chance finds an id that is free')
}

async function isTaken(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.get(keys.restApiOwner(id))) !== undefined
}
