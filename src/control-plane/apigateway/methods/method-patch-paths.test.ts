import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { methodPatchTable } from './method-patch-paths.ts'

testPatchTable('methodPatchTable', methodPatchTable, {
  states: [
    {
      authorizationType: 'NONE',
      authorizationScopes: ['pets/read'],
      apiKeyRequired: false,
      requestParameters: { 'method.request.querystring.page': false },
      requestModels: { 'application/json': 'Empty' },
      methodResponses: {},
    },
  ],
  environment: undefined,
  segments: {
    '/requestParameters/{name} name': 'method.request.querystring.page',
    '/requestModels/{name} name': 'application~1json',
  },
})
