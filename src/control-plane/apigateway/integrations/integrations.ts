import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { integrationAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import { findMethod, getIntegration, getMethod, getResource, withMethod } from '../lookup.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import { unenforcedOfIntegration, warnUnenforced } from '../unenforced-settings.ts'
import { checkVpcLink } from '../vpc-links/vpc-link-records.ts'
import { integrationOf, settledIntegration } from './integration-of.ts'
import { integrationPatchTable } from './integration-patch-paths.ts'

/** The operations on integrations. */
export const integrations = {
  /**
   * Sets the integration of a method anew: what was there goes, its integration responses too. That its
   * VPC link is there is looked at last.
   *
   * Observed: https://github.com/hashicorp/terraform/issues/9877
   */
  async PutIntegration(input, { scope, store, quotas, log }) {
    const { restApiId, resourceId, httpMethod } = input
    const put = await transact(store, async (tx) => {
      const resource = await getResource(tx, scope, input)
      const { methodKey, method } = getMethod(resource, input.httpMethod)
      const integration = integrationOf(input, {
        declaredParameters: method.requestParameters ?? {},
        timeoutMsMax: quotas.integrationTimeoutMs,
      })
      await checkVpcLink(tx, scope, integration)
      tx.put(
        keys.resource(scope, input.restApiId, input.resourceId),
        withMethod(resource, methodKey, { ...method, integration }),
      )
      return integration
    })
    warnUnenforced(log, { restApiId, resourceId, httpMethod }, unenforcedOfIntegration(put))
    return integrationAnswer(put)
  },

  async GetIntegration({ httpMethod, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      return integrationAnswer(getIntegration(getMethod(resource, httpMethod).method))
    })
  },

  /** Refuses in this order: resource, method, integration, the operations, then as PutIntegration does. */
  async UpdateIntegration(input, { scope, store, quotas, log }) {
    const { restApiId, resourceId, httpMethod, patchOperations = [] } = input
    const timeoutMsMax = quotas.integrationTimeoutMs
    const { before, after } = await transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      const { methodKey, method } = getMethod(resource, httpMethod)
      const before = getIntegration(method)
      const patched = await applyPatchOperations(integrationPatchTable, before, patchOperations, {
        resourceId,
        timeoutMsMax,
      })
      const declaredParameters = method.requestParameters ?? {}
      const after = settledIntegration(patched, { declaredParameters, timeoutMsMax, before })
      if (after.connectionId !== before.connectionId) await checkVpcLink(tx, scope, after)
      tx.put(
        keys.resource(scope, restApiId, resourceId),
        withMethod(resource, methodKey, { ...method, integration: after }),
      )
      return { before, after }
    })
    const now = unenforcedOfIntegration(after)
    const known = unenforcedOfIntegration(before)
    warnUnenforced(log, { restApiId, resourceId, httpMethod }, now, known)
    return integrationAnswer(after)
  },

  /**
   * A method that is not there has no integration, and that is what AWS says of it.
   *
   * Observed: management/delete-integration-response-unknown-method, of which this is the analogue
   */
  async DeleteIntegration({ httpMethod, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const found = findMethod(resource, httpMethod)
      if (found === undefined) throw refusals.integrationNotFound()
      getIntegration(found.method)
      const { integration: _, ...method } = found.method
      tx.put(
        keys.resource(scope, address.restApiId, address.resourceId),
        withMethod(resource, found.methodKey, method),
      )
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
