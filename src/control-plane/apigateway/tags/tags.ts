import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { checkTags } from './tag-rules.ts'
import { getTaggedResource } from './tagged-resource.ts'

/** The operations on tags. Tags change nothing of what is served. */
export const tags = {
  /** Adds to the tags that are there, or replaces their values. */
  async TagResource({ resourceArn, tags: given }, { scope, store, quotas }) {
    return transact(store, async (tx) => {
      const resource = await getTaggedResource(tx, scope, resourceArn)
      const merged = { ...resource.tags, ...given }
      checkTags(merged, quotas)
      if (Object.keys(given).length > 0) resource.replaceTags(merged)
      return {}
    })
  },

  /** Removes tags; keys that are not there are no mistake. */
  async UntagResource({ resourceArn, tagKeys }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getTaggedResource(tx, scope, resourceArn)
      const kept = Object.entries(resource.tags).filter(([key]) => !tagKeys.includes(key))
      if (kept.length < Object.keys(resource.tags).length) {
        resource.replaceTags(Object.fromEntries(kept))
      }
      return {}
    })
  },

  /**
   * All tags: AWS takes `limit` and `position` and does not page by them.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html
   */
  async GetTags({ resourceArn }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getTaggedResource(tx, scope, resourceArn)
      return { tags: resource.tags }
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
