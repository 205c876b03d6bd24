import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import type { ResourceId, RestApiId } from '../../../aws/identifiers.ts'
import type { RestApiRecord } from '../records.ts'
import { restApiPatchTable } from './rest-api-patch-paths.ts'

const api: RestApiRecord = {
  id: 'api0000001' as RestApiId,
  name: 'pets',
  description: 'All pets.',
  createdDate: 0,
  binaryMediaTypes: ['image/png'],
  minimumCompressionSize: 1,
  apiKeySource: 'HEADER',
  endpointConfiguration: {
    types: ['PRIVATE'],
    ipAddressType: 'ipv4',
    vpcEndpointIds: ['vpce-1'],
  },
  disableExecuteApiEndpoint: false,
  rootResourceId: 'root000001' as ResourceId,
}

testPatchTable('restApiPatchTable', restApiPatchTable, {
  states: [
    api,
    { ...api, binaryMediaTypes: [] },
    { ...api, endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' } },
  ],
  environment: undefined,
  segments: {
    type: 'image~1png',
    '/endpointConfiguration/types/{type} type': '0',
  },
})
