import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { requestValidatorPatchTable } from './request-validator-patch-paths.ts'

testPatchTable('requestValidatorPatchTable', requestValidatorPatchTable, {
  states: [
    { id: 'val001', name: 'v', validateRequestBody: false, validateRequestParameters: false },
  ],
  environment: undefined,
})
