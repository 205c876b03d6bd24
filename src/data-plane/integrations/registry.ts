import type { CompiledIntegration } from '../../snapshot/compiled-deployment.ts'
import { awsFunctionIntegration } from './aws-function.ts'
import { awsProxyIntegration } from './aws-proxy.ts'
import { awsServiceIntegration } from './aws-service.ts'
import { httpIntegration } from './http.ts'
import { httpProxyIntegration } from './http-proxy.ts'
import type { Integration } from './integration.ts'
import { mockIntegration } from './mock.ts'
import { notRunIntegration } from './not-run.ts'

type IntegrationOfType<Type> = Extract<CompiledIntegration, { readonly type: Type }>

/** Every type of integration. A new member of `CompiledIntegration` does not compile without a row. */
const integrations: {
  readonly [Type in CompiledIntegration['type']]: Integration<IntegrationOfType<Type>>
} = {
  MOCK: mockIntegration,
  HTTP: httpIntegration,
  HTTP_PROXY: httpProxyIntegration,
  AWS: awsFunctionIntegration,
  'AWS-service': awsServiceIntegration,
  AWS_PROXY: awsProxyIntegration,
  'not-run': notRunIntegration,
}

/**
 * The row of a compiled integration. Each key of the table carries the member of that type, so the row
 * takes the integration that it was asked for.
 */
export function integrationOf(compiled: CompiledIntegration): Integration<CompiledIntegration> {
  return integrations[compiled.type]
}
