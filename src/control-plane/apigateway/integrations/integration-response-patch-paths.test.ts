import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { integrationResponsePatchTable } from './integration-response-patch-paths.ts'

testPatchTable('integrationResponsePatchTable', integrationResponsePatchTable, {
  states: [
    {
      selectionPattern: '4\\d\\d',
      responseParameters: { 'method.response.header.etag': "'1'" },
      responseTemplates: { 'application/json': '{}' },
    },
  ],
  environment: undefined,
  segments: {
    '/responseParameters/{name} name': 'method.response.header.etag',
    '/responseTemplates/{name} name': 'application~1json',
  },
})
