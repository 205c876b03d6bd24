import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { modelPatchTable } from './model-patch-paths.ts'

testPatchTable('modelPatchTable', modelPatchTable, {
  states: [{ id: 'mod001', name: 'Pet', contentType: 'application/json', schema: '{}' }],
  environment: undefined,
})
