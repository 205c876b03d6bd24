import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import type { ResourceId } from '../../../aws/identifiers.ts'
import { resourcePatchTable } from './resource-patch-paths.ts'

testPatchTable('resourcePatchTable', resourcePatchTable, {
  states: [
    {
      id: 'res001' as ResourceId,
      parentId: 'root000001' as ResourceId,
      pathPart: 'pets',
      path: '/pets',
      methods: {},
    },
  ],
  environment: {
    getResource: async (id) => ({ id: id as ResourceId, path: `/${id}`, methods: {} }),
  },
})
