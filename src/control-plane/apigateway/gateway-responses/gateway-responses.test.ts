import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { putRootGet } from '../../../../test/support/definition-fixture.ts'
import { gatewayResponseTypes } from '../../../aws/gateway-response-types.ts'
import type { PatchOperation } from '../../../aws/models/apigateway-types.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { decodeDefinition } from '../../../snapshot/definition-codec.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { keys } from '../records.ts'
import { gatewayResponses } from './gateway-responses.ts'

const responseType = 'ACCESS_DENIED'

/** What the newest deployment of an API would be served with. */
async function deployedResponses(context: ApiGatewayContext, restApiId: string) {
  const { id } = await deployments.CreateDeployment({ restApiId }, context)
  const record = await context.store.get(keys.deployment(context.scope, restApiId, id))
  assert.ok(record !== undefined)
  // A record of this key is a deployment's.
  const { definitionHash } = record.value as { definitionHash: string }
  const bytes = await context.store.findBlob(definitionHash)
  assert.ok(bytes !== undefined)
  return decodeDefinition(bytes).gatewayResponses
}

describe('a gateway response', () => {
  test('is frozen as it was set, without what it leaves to AWS', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await putRootGet(context, { withMock: true })
    assert.deepEqual(await deployedResponses(context, restApiId), {})
    const statusOnly = [{ op: 'replace', path: '/statusCode', value: '404' }] as const
    const patch = { restApiId, responseType, patchOperations: statusOnly } as const
    const shown = await gatewayResponses.UpdateGatewayResponse(patch, context)
    assert.deepEqual(shown.responseTemplates, {
      'application/json': '{"message":$context.error.messageString}',
    })
    assert.deepEqual(await deployedResponses(context, restApiId), {
      ACCESS_DENIED: { statusCode: '404', responseParameters: {} },
    })
    await gatewayResponses.DeleteGatewayResponse({ restApiId, responseType }, context)
    assert.deepEqual(await deployedResponses(context, restApiId), {})
  })

  test('pages in order of the types', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await putRootGet(context)
    const found: unknown[] = []
    let position: string | undefined
    do {
      const request = { restApiId, limit: 8, position }
      const page: { items: readonly { responseType?: unknown }[]; position?: string } =
        await gatewayResponses.GetGatewayResponses(request, context)
      found.push(...page.items.map((item) => item.responseType))
      position = page.position
    } while (position !== undefined)
    assert.deepEqual(found, gatewayResponseTypes)
  })

  test('is shown after any sequence of patches as the last that was taken left it', async () => {
    const names = ['gatewayresponse.header.a', 'gatewayresponse.header.b~1', 'other']
    const operation = fc.record({
      op: fc.constantFrom('add', 'replace', 'remove', 'copy'),
      path: fc.oneof(
        fc.constant('/statusCode'),
        fc.constantFrom(...names).map((name) => `/responseParameters/${name}`),
        fc
          .constantFrom('application~1json', 'text~1xml', 'x')
          .map((t) => `/responseTemplates/${t}`),
        fc.string({ maxLength: 6 }),
      ),
      value: fc.option(fc.constantFrom("'v'", 'context.stage', '404', '', 'bare'), {
        nil: undefined,
      }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation, { maxLength: 3 }), { maxLength: 6 }),
        async (calls) => {
          const { context } = testApiGateway()
          const { restApiId } = await putRootGet(context)
          const address = { restApiId, responseType } as const
          let last = await gatewayResponses.GetGatewayResponse(address, context)
          for (const operations of calls) {
            // The generated words are operations of AWS's.
            const patchOperations = operations as PatchOperation[]
            try {
              const call = { ...address, patchOperations }
              last = await gatewayResponses.UpdateGatewayResponse(call, context)
            } catch (error) {
              assert.ok(error instanceof ServiceError && error.status < 500, String(error))
            }
            assert.deepEqual(await gatewayResponses.GetGatewayResponse(address, context), last)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})
