import type {
  ApiGatewayOperations,
  IntegrationResponse,
  PutIntegrationResponseRequest,
} from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import { compileSelectionPattern } from '../../../engines/selection-pattern.ts'
import type {
  IntegrationDefinition,
  IntegrationResponseDefinition,
  MethodResponseDefinition,
} from '../../../snapshot/definition.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import { withoutMember } from '../../without-member.ts'
import type { ApiGatewayContext } from '../context.ts'
import { integrationResponseAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import {
  findMethod,
  getIntegration,
  getIntegrationResponse,
  getMethod,
  getResource,
  ownMember,
  withMethod,
} from '../lookup.ts'
import { checkResponseMappings } from '../mapping-rules.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import type { MethodRecord } from '../records.ts'
import { templatesOf } from '../template-rules.ts'
import { unenforcedOfIntegration, warnUnenforced } from '../unenforced-settings.ts'
import { changedEntries } from './changed-entries.ts'
import { integrationResponsePatchTable } from './integration-response-patch-paths.ts'

/** The operations on the responses of integrations. */
export const integrationResponses = {
  /**
   * Sets a response, in place of one of the same status. Refuses in this order: resource, method,
   * integration, pattern, mappings, templates.
   *
   * Observed: management/put-integration-response-*
   */
  async PutIntegrationResponse(input, context) {
    return storeResponse(input, context, (method) => responseOf(input, method))
  },

  async GetIntegrationResponse({ httpMethod, statusCode, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const integration = getIntegration(getMethod(resource, httpMethod).method)
      const response = getIntegrationResponse(integration, statusCode)
      return integrationResponseAnswer(statusCode, response)
    })
  },

  /** Refuses in this order: resource, method, integration, status, the operations, then as Put does. */
  async UpdateIntegrationResponse(input, context) {
    const { statusCode, patchOperations = [] } = input
    return storeResponse(input, context, async (method, integration) => {
      const before = getIntegrationResponse(integration, statusCode)
      const after = await applyPatchOperations(
        integrationResponsePatchTable,
        before,
        patchOperations,
        undefined,
      )
      return settledResponse(after, ownMember(method.methodResponses, statusCode), before)
    })
  },

  /**
   * A method that is not there has no integration, and that is what AWS says of it.
   *
   * Observed: management/delete-integration-response-unknown-method
   */
  async DeleteIntegrationResponse({ httpMethod, statusCode, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const found = findMethod(resource, httpMethod)
      if (found === undefined) throw refusals.integrationNotFound()
      const integration = getIntegration(found.method)
      getIntegrationResponse(integration, statusCode)
      const responses = withoutMember(integration.integrationResponses, statusCode)
      tx.put(
        keys.resource(scope, address.restApiId, address.resourceId),
        withMethod(resource, found.methodKey, {
          ...found.method,
          integration: withResponses(integration, responses),
        }),
      )
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/**
 * Puts the response that `respond` makes where the caller said, and answers it. What of the integration is not
 * enforced, and was not there before, is warned of.
 */
async function storeResponse(
  address: {
    readonly restApiId: string
    readonly resourceId: string
    readonly httpMethod: string
    readonly statusCode: string
  },
  { scope, store, log }: ApiGatewayContext,
  respond: (
    method: MethodRecord,
    integration: IntegrationDefinition,
  ) => IntegrationResponseDefinition | Promise<IntegrationResponseDefinition>,
): Promise<IntegrationResponse> {
  const { restApiId, resourceId, httpMethod, statusCode } = address
  const { response, before, after } = await transact(store, async (tx) => {
    const resource = await getResource(tx, scope, { restApiId, resourceId })
    const { methodKey, method } = getMethod(resource, httpMethod)
    const before = getIntegration(method)
    const response = await respond(method, before)
    const responses = { ...before.integrationResponses, [statusCode]: response }
    const after = withResponses(before, responses)
    tx.put(
      keys.resource(scope, restApiId, resourceId),
      withMethod(resource, methodKey, { ...method, integration: after }),
    )
    return { response, before, after }
  })
  const now = unenforcedOfIntegration(after)
  const known = unenforcedOfIntegration(before)
  warnUnenforced(log, { restApiId, resourceId, httpMethod }, now, known)
  return integrationResponseAnswer(statusCode, response)
}

function responseOf(
  input: PutIntegrationResponseRequest,
  method: MethodRecord,
): IntegrationResponseDefinition {
  const { selectionPattern, responseParameters, responseTemplates, contentHandling } = input
  return settledResponse(
    omitUndefined({ selectionPattern, responseParameters, responseTemplates, contentHandling }),
    ownMember(method.methodResponses, input.statusCode),
  )
}

/**
 * A response as it is stored, checked: pattern, mappings, templates. Of an update, `before` is what was
 * there, and only mappings that changed are checked.
 */
function settledResponse(
  response: IntegrationResponseDefinition,
  methodResponse: MethodResponseDefinition | undefined,
  before?: IntegrationResponseDefinition,
): IntegrationResponseDefinition {
  const { selectionPattern, responseParameters, responseTemplates, ...rest } = response
  if (selectionPattern && compileSelectionPattern(selectionPattern).outcome === 'invalid') {
    throw refusals.selectionPattern()
  }
  const mappings = changedEntries(responseParameters, before?.responseParameters)
  checkResponseMappings(mappings, methodResponse)
  const templates = responseTemplates && templatesOf(responseTemplates)
  return {
    ...omitUndefined({ selectionPattern, responseParameters, responseTemplates: templates }),
    ...rest,
  }
}

function withResponses(
  integration: IntegrationDefinition,
  responses: IntegrationDefinition['integrationResponses'],
): IntegrationDefinition {
  return { ...integration, integrationResponses: responses }
}
