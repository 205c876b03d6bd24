import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import type { IntegrationDefinition } from '../../../snapshot/definition.ts'
import { integrationPatchTable } from './integration-patch-paths.ts'

const integration: IntegrationDefinition = {
  type: 'HTTP',
  httpMethod: 'GET',
  uri: 'http://example.com/',
  connectionType: 'INTERNET',
  requestParameters: { 'integration.request.header.etag': "'1'" },
  requestTemplates: { 'application/json': '{}' },
  passthroughBehavior: 'WHEN_NO_MATCH',
  timeoutInMillis: 29_000,
  cacheNamespace: 'res001',
  cacheKeyParameters: ['integration.request.header.etag'],
  integrationResponses: {},
}

testPatchTable('integrationPatchTable', integrationPatchTable, {
  states: [integration, { ...integration, cacheKeyParameters: [] }],
  environment: { resourceId: 'res001', timeoutMsMax: 29_000 },
  segments: {
    '/requestParameters/{name} name': 'integration.request.header.etag',
    '/requestTemplates/{name} name': 'application~1json',
    '/cacheKeyParameters/{name} name': 'integration.request.header.etag',
  },
})
