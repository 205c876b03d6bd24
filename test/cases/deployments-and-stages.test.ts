import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { deployments } from '../../src/control-plane/apigateway/deployments/deployments.ts'
import { documentationVersions } from '../../src/control-plane/apigateway/documentation/documentation-versions.ts'
import { integrations } from '../../src/control-plane/apigateway/integrations/integrations.ts'
import { methods } from '../../src/control-plane/apigateway/methods/methods.ts'
import { restApis } from '../../src/control-plane/apigateway/rest-apis/rest-apis.ts'
import { stages } from '../../src/control-plane/apigateway/stages/stages.ts'
import { testApiGateway } from '../support/api-gateway-context.ts'
import { runManagementCase, type ManagementCase } from '../support/management-case.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'deployments-and-stages')
const operations = {
  ...restApis,
  ...methods,
  ...integrations,
  ...deployments,
  ...stages,
  ...documentationVersions,
}

describe('deployments and stages', () => {
  for (const file of globSync('*.json', { cwd: folder }).toSorted()) {
    const given: ManagementCase & { readonly behaviour: string } = JSON.parse(
      readFileSync(join(folder, file), 'utf8'),
    )
    test(`${basename(file, '.json')}: ${given.behaviour}`, async () => {
      assert.match(given.provenance.kind, /^(Documented|Observed|Chosen)$/)
      await runManagementCase(given, operations, testApiGateway().context)
    })
  }
})
