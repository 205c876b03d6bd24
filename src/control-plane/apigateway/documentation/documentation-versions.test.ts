import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { sweepDefinitions } from '../../../server/management/sweep-definitions.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { documentationParts } from './documentation-parts.ts'
import { documentationVersionPatchTable, documentationVersions } from './documentation-versions.ts'

testPatchTable('documentationVersionPatchTable', documentationVersionPatchTable, {
  states: [{ version: '1.0', createdDate: 0, partsHash: 'hash' }],
  environment: undefined,
})

describe('CreateDocumentationVersion', () => {
  test('keeps the parts as they are, through changes and starts, as long as it exists', async () => {
    const { context } = testApiGateway()
    const { store, scope } = context
    const { id: restApiId = '' } = await restApis.CreateRestApi({ name: 'pets' }, context)
    const part = { restApiId, location: { type: 'API' }, properties: '{"a":1}' } as const
    const { id } = await documentationParts.CreateDocumentationPart(part, context)
    const version = { restApiId, documentationVersion: '1.0' }
    await documentationVersions.CreateDocumentationVersion(version, context)
    await documentationParts.DeleteDocumentationPart(
      { restApiId, documentationPartId: id },
      context,
    )
    const [record] = await listAll(store, keys.documentationVersions(scope, restApiId))
    assert.ok(record)
    const { partsHash } = record.value
    const kept = async () => {
      const bytes = await store.findBlob(partsHash)
      return bytes && JSON.parse(new TextDecoder().decode(bytes))
    }
    assert.deepEqual(await kept(), [{ id, location: { type: 'API' }, properties: '{"a":1}' }])
    assert.equal(await sweepDefinitions(store), 0)
    assert.equal((await kept()).length, 1)
    await documentationVersions.DeleteDocumentationVersion(version, context)
    assert.equal(await sweepDefinitions(store), 1)
    assert.equal(await kept(), undefined)
  })
})
