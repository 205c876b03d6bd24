import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { restApiId, seedStage, stageName } from '../../../../test/support/seeded-stage.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import { decodeDefinition } from '../../../snapshot/definition-codec.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import type { ApiGatewayContext } from '../context.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { keys, type DeploymentRecord } from '../records.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { stages } from '../stages/stages.ts'
import { deployments } from './deployments.ts'

async function createApi(context: ApiGatewayContext) {
  const { id = '', rootResourceId = '' } = await restApis.CreateRestApi({ name: 'pets' }, context)
  const method = { restApiId: id, resourceId: rootResourceId, httpMethod: 'GET' }
  await methods.PutMethod({ ...method, authorizationType: 'NONE' }, context)
  await integrations.PutIntegration({ ...method, type: 'MOCK' }, context)
  return { id, method }
}

async function storedDeployment(
  { store, scope }: ApiGatewayContext,
  id: string,
  deployment: string,
) {
  const record = await store.get(keys.deployment(scope, id, deployment))
  // What is under a deployment's key is a deployment.
  return record?.value as unknown as DeploymentRecord
}

/** Runs `meanwhile` once, between a listing's read and its answer. */
function interruptedStore(inner: StateStore, kind: string, meanwhile: () => Promise<unknown>) {
  let isDue = true
  const store: StateStore = {
    get: (key) => inner.get(key),
    list: async (range) => {
      const page = await inner.list(range)
      if (isDue && range.prefix[2] === kind) {
        isDue = false
        await meanwhile()
      }
      return page
    },
    commit: (commit) => inner.commit(commit),
    putBlob: (hash, bytes) => inner.putBlob(hash, bytes),
    findBlob: (hash) => inner.findBlob(hash),
    sweepBlobs: (isReferenced) => inner.sweepBlobs(isReferenced),
    reset: () => inner.reset(),
    close: () => inner.close(),
  }
  return store
}

describe('CreateDeployment', () => {
  test('stores what it froze under its hash, and publishes nothing without a stage', async () => {
    const { context, published } = testApiGateway()
    const { id } = await createApi(context)
    const deployment = await deployments.CreateDeployment({ restApiId: id }, context)
    const { definitionHash } = await storedDeployment(context, id, deployment.id)
    const bytes = await context.store.findBlob(definitionHash)
    assert.ok(bytes)
    const definition = decodeDefinition(bytes)
    assert.deepEqual(definition.resources[0]?.methods.GET?.integration.type, 'MOCK')
    assert.deepEqual(published, [])
  })

  test('gives an unchanged API the same definition, and an edited one another', async () => {
    const { context } = testApiGateway()
    const { id, method } = await createApi(context)
    const deploy = async (): Promise<string> => {
      const deployment = await deployments.CreateDeployment({ restApiId: id }, context)
      return (await storedDeployment(context, id, deployment.id)).definitionHash
    }
    const first = await deploy()
    assert.equal(await deploy(), first)
    const post = { ...method, httpMethod: 'POST', authorizationType: 'NONE' }
    await methods.PutMethod(post, context)
    await integrations.PutIntegration({ ...post, type: 'MOCK' }, context)
    assert.notEqual(await deploy(), first)
  })

  test('publishes its stage with the revision of the stored record', async () => {
    const { context, published } = testApiGateway()
    const { id } = await createApi(context)
    const input = { restApiId: id, stageName: 'prod', variables: { a: 'b' } }
    const deployment = await deployments.CreateDeployment(input, context)
    const [change, ...rest] = published
    assert.deepEqual(rest, [])
    assert.ok(change?.kind === 'stage')
    const record = await context.store.get(keys.stage(context.scope, id, 'prod'))
    const { definitionHash } = await storedDeployment(context, id, deployment.id)
    assert.equal(change.stage.revision, record?.revision)
    assert.equal(change.stage.definitionHash, definitionHash)
    assert.deepEqual(change.stage.variables, { a: 'b' })
  })

  test('leaves the stages alone that it does not name', async () => {
    const { context, published } = testApiGateway()
    const { id } = await createApi(context)
    await deployments.CreateDeployment({ restApiId: id, stageName: 'prod' }, context)
    const before = await stages.GetStage({ restApiId: id, stageName: 'prod' }, context)
    await deployments.CreateDeployment({ restApiId: id, stageName: 'dev' }, context)
    await deployments.CreateDeployment({ restApiId: id }, context)
    assert.deepEqual(await stages.GetStage({ restApiId: id, stageName: 'prod' }, context), before)
    assert.equal(published.length, 2)
  })

  test('warns of what it deploys and cannot run', async () => {
    const { context, warnings } = testApiGateway()
    const { id, method } = await createApi(context)
    const closed = { ...method, httpMethod: 'PUT', authorizationType: 'AWS_IAM' }
    await methods.PutMethod(closed, context)
    await integrations.PutIntegration({ ...closed, type: 'MOCK' }, context)
    const before = warnings.length
    await deployments.CreateDeployment({ restApiId: id, stageName: 'prod' }, context)
    assert.deepEqual(warnings.slice(before), ['setting-not-enforced'])
  })
})

describe('DeleteDeployment', () => {
  test('sees a stage that comes to serve the deployment while it looks', async () => {
    const inner = new MemoryStateStore()
    const { context } = testApiGateway({ store: inner })
    await seedStage(context)
    const patchOperations = [{ op: 'replace', path: '/deploymentId', value: 'dep002' }] as const
    const store = interruptedStore(inner, 'stage', () =>
      stages.UpdateStage({ restApiId, stageName, patchOperations }, context),
    )
    await assert.rejects(
      deployments.DeleteDeployment({ restApiId, deploymentId: 'dep002' }, { ...context, store }),
      { message: 'Active stages pointing to this deployment must be moved or deleted' },
    )
  })
})

describe('GetDeployments', () => {
  test('pages through all deployments, each once', async () => {
    const { context } = testApiGateway()
    const { id } = await createApi(context)
    const made = new Set<string>()
    for (let count = 0; count < 7; count += 1) {
      made.add((await deployments.CreateDeployment({ restApiId: id }, context)).id)
    }
    const seen: string[] = []
    let position: string | undefined
    do {
      const page: { items: readonly { id?: string | undefined }[]; position?: string } =
        await deployments.GetDeployments({ restApiId: id, limit: 3, position }, context)
      seen.push(...page.items.map(({ id: shown = '' }) => shown))
      position = page.position
    } while (position !== undefined)
    assert.deepEqual(seen.toSorted(), [...made].toSorted())
  })
})
