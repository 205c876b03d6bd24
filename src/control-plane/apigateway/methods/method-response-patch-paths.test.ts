import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { methodResponsePatchTable } from './method-response-patch-paths.ts'

testPatchTable('methodResponsePatchTable', methodResponsePatchTable, {
  states: [
    {
      responseParameters: { 'method.response.header.etag': false },
      responseModels: { 'application/json': 'Empty' },
    },
  ],
  environment: undefined,
  segments: {
    '/responseParameters/{name} name': 'method.response.header.etag',
    '/responseModels/{name} name': 'application~1json',
  },
})
