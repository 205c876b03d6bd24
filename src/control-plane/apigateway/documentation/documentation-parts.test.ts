import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { documentationPartPatchTable, documentationParts } from './documentation-parts.ts'
import { documentationVersions } from './documentation-versions.ts'

const properties = '{"description":"Pets"}'

testPatchTable('documentationPartPatchTable', documentationPartPatchTable, {
  states: [{ id: 'abc123', location: { type: 'API' }, properties }],
  environment: undefined,
})

async function apiWith(options: Parameters<typeof testApiGateway>[0] = {}) {
  const { context } = testApiGateway(options)
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const restApiId = api.id ?? ''
  const create = (path: string) =>
    documentationParts.CreateDocumentationPart(
      { restApiId, location: { type: 'RESOURCE', path }, properties },
      context,
    )
  return { context, restApiId, create }
}

describe('CreateDocumentationPart', () => {
  test('gives one place to one part, however they race', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const store = slowConflictingStore(new MemoryStateStore(), {
        random: seededRandom(seed),
        conflictShare: 0.1,
        turnsMax: 3,
      })
      const { context, restApiId, create } = await apiWith({ store })
      const outcomes = await Promise.allSettled([create('/pets'), create('/pets'), create('/cats')])
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2)
      const listed = await documentationParts.GetDocumentationParts({ restApiId }, context)
      const paths = new Set((listed.items ?? []).map(({ location }) => location?.path))
      assert.deepEqual(paths, new Set(['/cats', '/pets']), `seed ${seed}`)
    }
  })

  test('is refused above the quota of an API', async () => {
    const { create } = await apiWith({ quotas: { documentationPartsPerApi: 1 } })
    await create('/pets')
    await assert.rejects(create('/cats'), {
      code: 'LimitExceededException',
      message: /^Maximum number of Documentation Parts for this API has been reached\./,
    })
  })
})

describe('GetDocumentationParts', () => {
  test('refuses a position of another API', async () => {
    const { context, restApiId, create } = await apiWith()
    await create('/a')
    await create('/b')
    const page = await documentationParts.GetDocumentationParts({ restApiId, limit: 1 }, context)
    assert.equal(page.items?.length, 1)
    const other = await restApis.CreateRestApi({ name: 'other' }, context)
    await assert.rejects(
      documentationParts.GetDocumentationParts(
        { restApiId: other.id ?? '', position: page.position },
        context,
      ),
      { message: 'Invalid position parameter specified' },
    )
  })
})

test('DeleteRestApi leaves nothing of an API and its documentation', async () => {
  const { context, restApiId, create } = await apiWith()
  await create('/pets')
  const version = { restApiId, documentationVersion: '1.0' }
  await documentationVersions.CreateDocumentationVersion(version, context)
  await restApis.DeleteRestApi({ restApiId }, context)
  const { records } = await context.store.list({ prefix: [], limit: 1_000 })
  assert.deepEqual(
    records.map(({ key }) => key.join(' ')),
    ['000000000000 us-east-1 account'],
  )
})
