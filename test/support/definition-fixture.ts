import type { ApiGatewayContext } from '../../src/control-plane/apigateway/context.ts'
import { integrations } from '../../src/control-plane/apigateway/integrations/integrations.ts'
import { methods } from '../../src/control-plane/apigateway/methods/methods.ts'
import { restApis } from '../../src/control-plane/apigateway/rest-apis/rest-apis.ts'

/** Addresses the GET method of a new API's root resource. */
export interface RootGet {
  readonly restApiId: string
  readonly resourceId: string
  readonly httpMethod: 'GET'
}

/** Creates an API; its root's GET method is addressed by the answer and is not there yet. */
export async function createRootGet(context: ApiGatewayContext): Promise<RootGet> {
  const { id, rootResourceId } = await restApis.CreateRestApi({ name: 'pets' }, context)
  if (id === undefined || rootResourceId === undefined) throw new Error('an API has both ids')
  return { restApiId: id, resourceId: rootResourceId, httpMethod: 'GET' }
}

/** The same with the method put, and a MOCK integration if asked for. */
export async function putRootGet(
  context: ApiGatewayContext,
  { withMock = false }: { readonly withMock?: boolean } = {},
): Promise<RootGet> {
  const address = await createRootGet(context)
  await methods.PutMethod({ ...address, authorizationType: 'NONE' }, context)
  if (withMock) await integrations.PutIntegration({ ...address, type: 'MOCK' }, context)
  return address
}
