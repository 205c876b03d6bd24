import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { account } from '../../src/control-plane/apigateway/account/account.ts'
import { apiKeys } from '../../src/control-plane/apigateway/api-keys/api-keys.ts'
import { importApiKeys } from '../../src/control-plane/apigateway/api-keys/import-api-keys.ts'
import { clientCertificates } from '../../src/control-plane/apigateway/client-certificates/client-certificates.ts'
import { deployments } from '../../src/control-plane/apigateway/deployments/deployments.ts'
import { documentationParts } from '../../src/control-plane/apigateway/documentation/documentation-parts.ts'
import { documentationVersions } from '../../src/control-plane/apigateway/documentation/documentation-versions.ts'
import { gatewayResponses } from '../../src/control-plane/apigateway/gateway-responses/gateway-responses.ts'
import { integrationResponses } from '../../src/control-plane/apigateway/integrations/integration-responses.ts'
import { integrations } from '../../src/control-plane/apigateway/integrations/integrations.ts'
import { methodResponses } from '../../src/control-plane/apigateway/methods/method-responses.ts'
import { methods } from '../../src/control-plane/apigateway/methods/methods.ts'
import { models } from '../../src/control-plane/apigateway/models/models.ts'
import { requestValidators } from '../../src/control-plane/apigateway/request-validators/request-validators.ts'
import { resources } from '../../src/control-plane/apigateway/resources/resources.ts'
import { restApis } from '../../src/control-plane/apigateway/rest-apis/rest-apis.ts'
import { stages } from '../../src/control-plane/apigateway/stages/stages.ts'
import { tags } from '../../src/control-plane/apigateway/tags/tags.ts'
import { usage } from '../../src/control-plane/apigateway/usage-plans/usage.ts'
import { usagePlanKeys } from '../../src/control-plane/apigateway/usage-plans/usage-plan-keys.ts'
import { usagePlans } from '../../src/control-plane/apigateway/usage-plans/usage-plans.ts'
import { vpcLinks } from '../../src/control-plane/apigateway/vpc-links/vpc-links.ts'
import { testApiGateway } from '../support/api-gateway-context.ts'
import { runManagementCase } from '../support/management-case.ts'
import type { ManagementCase } from '../support/management-case.ts'

const operations = {
  ...restApis,
  ...resources,
  ...methods,
  ...methodResponses,
  ...models,
  ...requestValidators,
  ...gatewayResponses,
  ...integrations,
  ...integrationResponses,
  ...account,
  ...tags,
  ...deployments,
  ...stages,
  ...documentationParts,
  ...documentationVersions,
  ...vpcLinks,
  ...clientCertificates,
  ...apiKeys,
  ...importApiKeys,
  ...usagePlans,
  ...usagePlanKeys,
  ...usage,
}

const folder = fileURLToPath(new URL('management', import.meta.url))

describe('management operations answer as recorded', () => {
  const paths = globSync('*.json', { cwd: folder }).toSorted()

  test('there are cases', () => {
    assert.ok(paths.length >= 40, `${paths.length} cases`)
  })

  for (const path of paths) {
    const golden: ManagementCase = JSON.parse(readFileSync(join(folder, path), 'utf8'))
    test(`${golden.operation}: ${basename(path, '.json')}`, async () => {
      assert.match(golden.provenance.kind, /^(Documented|Observed|Chosen)$/)
      assert.notEqual(golden.provenance.source, '')
      await runManagementCase(golden, operations, testApiGateway().context)
    })
  }
})
