import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import type { ApiGatewayContext } from './context.ts'
import { integrationAnswer } from './definition-answers.ts'
import { refusals } from './errors.ts'
import { findMethod, getIntegration, getMethod, getResource, withMethod } from './lookup.ts'
import { integrationOf } from './integration-of.ts'
import { keys } from './records.ts'
import { unenforcedOfIntegration, warnUnenforced } from './unenforced-settings.ts'

/** The operations on integrations. */
export const integrations = {
  /**
   * Sets the integration of a method anew: what was there goes, its integration responses too.
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
