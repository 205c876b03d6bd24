import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { gatewayResponsePatchTable } from './gateway-response-patch-paths.ts'

testPatchTable('gatewayResponsePatchTable', gatewayResponsePatchTable, {
  states: [
    {
      statusCode: '403',
      responseParameters: { 'gatewayresponse.header.etag': "'old'" },
      responseTemplates: { 'application/json': '[]' },
    },
  ],
  environment: undefined,
  segments: {
    '/responseParameters/{name} name': 'gatewayresponse.header.etag',
    '/responseTemplates/{name} name': 'application~1json',
  },
})
