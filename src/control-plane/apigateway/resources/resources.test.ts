import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { seededRandom, testSeed } from '../../../../test/support/seeded-random.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import type { Resource } from '../../../aws/models/apigateway-types.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import type { ApiGatewayContext } from '../context.ts'
import { methods } from '../methods/methods.ts'
import { keys } from '../records.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { siblingName } from './path-part.ts'
import { resources } from './resources.ts'

interface Tree {
  readonly restApiId: string
  readonly root: string
  create(parentId: string, pathPart: string): Promise<string>
  remove(resourceId: string): Promise<object>
  list(): Promise<readonly Resource[]>
}

async function startTree(context: ApiGatewayContext): Promise<Tree> {
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const restApiId = api.id!
  return {
    restApiId,
    root: api.rootResourceId!,
    create: async (parentId, pathPart) =>
      (await resources.CreateResource({ restApiId, parentId, pathPart }, context)).id!,
    remove: async (resourceId) => resources.DeleteResource({ restApiId, resourceId }, context),
    list: async () => (await resources.GetResources({ restApiId, limit: 500 }, context)).items,
  }
}

async function pathsOf(tree: Tree): Promise<(string | undefined)[]> {
  return (await tree.list()).map(({ path }) => path)
}

async function treeRecords(
  { store, scope }: ApiGatewayContext,
  restApiId: string,
): Promise<object> {
  const names = await store.list({ prefix: keys.resourceNames(scope, restApiId), limit: 1_000 })
  const count = await store.get(keys.resourceCount(scope, restApiId))
  return { names: names.records.map(({ key }) => key.slice(4).join('/')), count: count?.value }
}

describe('CreateResource', () => {
  test('gives a name to exactly one of many that race for it', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, async () => tree.create(tree.root, 'pets')),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      assert.deepEqual(
        outcome.reason,
        new ServiceError(
          'ConflictException',
          409,
          'Another resource with the same parent already has this name: pets',
        ),
      )
    }
    assert.deepEqual(await pathsOf(tree), ['/', '/pets'])
  })

  test('gives one place to variables that race for it, whatever they are called', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const outcomes = await Promise.allSettled(
      ['{a}', '{b+}', '{c}'].map(async (part) => tree.create(tree.root, part)),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await tree.list()).length, 2)
  })

  test('never leaves a child of a resource that is deleted meanwhile', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const pets = await tree.create(tree.root, 'pets')
    await Promise.allSettled([tree.remove(pets), tree.create(pets, 'a'), tree.create(pets, 'b')])
    assert.deepEqual(await pathsOf(tree), ['/'])
    assert.deepEqual(await treeRecords(context, tree.restApiId), { names: [], count: { count: 0 } })
  })

  test('refuses one resource more than the quota, the root not counted', async () => {
    const { context } = testApiGateway({ quotas: { resourcesPerApi: 2 } })
    const tree = await startTree(context)
    await tree.create(tree.root, 'a')
    const b = await tree.create(tree.root, 'b')
    await assert.rejects(
      tree.create(tree.root, 'c'),
      new ServiceError(
        'LimitExceededException',
        429,
        'Maximum number of Resources for this API has been reached.  ' +
          'Please contact AWS if you need additional Resources.',
      ),
    )
    await tree.remove(b)
    await tree.create(tree.root, 'c')
  })

  test('keeps the quota when many race for the last places', async () => {
    const { context } = testApiGateway({ quotas: { resourcesPerApi: 3 } })
    const tree = await startTree(context)
    const parts = ['a', 'b', 'c', 'd', 'e', 'f']
    await Promise.allSettled(parts.map(async (part) => tree.create(tree.root, part)))
    assert.equal((await tree.list()).length, 4)
  })

  test('refuses in order: parent, part, greedy parent, name, quota', async () => {
    const { context } = testApiGateway({ quotas: { resourcesPerApi: 1 } })
    const tree = await startTree(context)
    const greedy = await tree.create(tree.root, '{proxy+}')
    await assert.rejects(tree.create('nosuch', 'bad part'), { code: 'NotFoundException' })
    await assert.rejects(tree.create(greedy, 'bad part'), { message: /^Resource's path part/ })
    await assert.rejects(tree.create(greedy, 'x'), { message: /^Cannot create a child/ })
    await assert.rejects(tree.create(tree.root, '{proxy+}'), { code: 'ConflictException' })
    await assert.rejects(tree.create(tree.root, 'x'), { code: 'LimitExceededException' })
  })

  test('writes the API again, so that a change of its structure is seen by others', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const key = keys.restApi(context.scope, tree.restApiId)
    const before = await context.store.get(key)
    await tree.create(tree.root, 'pets')
    const after = await context.store.get(key)
    assert.deepEqual(after?.value, before?.value)
    assert.ok(after!.revision > before!.revision)
  })
})

describe('GetResources', () => {
  test('pages depth first: below a resource before its next sibling, whatever the characters', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    await tree.create(tree.root, 'users-admin')
    const users = await tree.create(tree.root, 'users')
    await tree.create(users, '{id}')
    await tree.create(tree.root, 'users.old')
    const seen: (string | undefined)[] = []
    let position: string | undefined
    do {
      const page = await resources.GetResources(
        { restApiId: tree.restApiId, limit: 2, position },
        context,
      )
      seen.push(...page.items.map(({ path }) => path))
      position = page.position
    } while (position !== undefined)
    assert.deepEqual(seen, ['/', '/users', '/users/{id}', '/users-admin', '/users.old'])
  })

  test('refuses a position of another API', async () => {
    const { context } = testApiGateway()
    const [one, other] = [await startTree(context), await startTree(context)]
    await one.create(one.root, 'a')
    const { position } = await resources.GetResources(
      { restApiId: one.restApiId, limit: 1 },
      context,
    )
    await assert.rejects(
      resources.GetResources({ restApiId: other.restApiId, position }, context),
      new ServiceError('BadRequestException', 400, 'Invalid position parameter specified'),
    )
  })

  test('shows no resource of another account or region', async () => {
    const gateway = testApiGateway()
    const { restApiId } = await startTree(gateway.context)
    const elsewhere = gateway.seenFrom({ region: 'eu-west-1' })
    await assert.rejects(resources.GetResources({ restApiId }, elsewhere), {
      code: 'NotFoundException',
    })
  })
})

describe('DeleteResource', () => {
  test('spares a sibling whose path begins alike, and frees the names', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const pet = await tree.create(tree.root, 'pet')
    await tree.create(pet, '{id}')
    await tree.create(tree.root, 'pets')
    assert.deepEqual(await tree.remove(pet), {})
    assert.deepEqual(await pathsOf(tree), ['/', '/pets'])
    await tree.create(await tree.create(tree.root, 'pet'), '{other+}')
    assert.deepEqual(await pathsOf(tree), ['/', '/pet', '/pet/{other+}', '/pets'])
  })

  test('and PutMethod on the same resource: the method is refused or goes with it', async () => {
    const { context } = testApiGateway()
    const tree = await startTree(context)
    const resourceId = await tree.create(tree.root, 'pets')
    const address = { restApiId: tree.restApiId, resourceId }
    const [, removed] = await Promise.allSettled([
      methods.PutMethod({ ...address, httpMethod: 'GET', authorizationType: 'NONE' }, context),
      tree.remove(resourceId),
    ])
    assert.equal(removed.status, 'fulfilled')
    assert.deepEqual(await pathsOf(tree), ['/'])
  })
})

const parts = ['a', 'b', 'a-b', '{x}', '{y}', '{z+}']

/** A step picks one of the resources that are there, by index, and creates below it or deletes it. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ at: fc.nat(30), part: fc.constantFrom(...parts) }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(30) }) },
)

test('any sequence of creations and deletions leaves a tree that is one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { context } = testApiGateway()
      const tree = await startTree(context)
      // What the tree should be: path → id.
      const model = new Map([['/', tree.root]])
      for (const { at, ...rest } of steps) {
        const [path, id] = [...model][at % model.size]!
        if ('part' in rest) await modelledCreate(tree, model, { path, id, part: rest.part })
        else await modelledRemove(tree, model, { path, id })
      }
      assertTree(await tree.list(), model)
      const { count } = (await treeRecords(context, tree.restApiId)) as { count: unknown }
      assert.deepEqual(count ?? { count: 0 }, { count: model.size - 1 })
    }),
    { numRuns: 60 },
  )
})

test('clients that race on a slow, contended store leave a tree that is one', async (t) => {
  const random = seededRandom(testSeed())
  t.diagnostic(`STAGEDOOR_TEST_SEED=${random.seed}`)
  const store = slowConflictingStore(new MemoryStateStore(), {
    random,
    conflictShare: 0.2,
    turnsMax: 3,
  })
  const { context } = testApiGateway({ store })
  const tree = await startTree(context)
  const client = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) {
      const listed = await tree.list()
      const { id } = listed[random.integer(listed.length)]!
      const part = parts[random.integer(parts.length)]!
      const call = random.integer(4) === 0 ? tree.remove(id!) : tree.create(id!, part)
      await call.catch((error: unknown) => assert.ok(error instanceof ServiceError, String(error)))
    }
  }
  await Promise.all([client(), client(), client(), client()])

  const listed = await tree.list()
  assertTree(listed, new Map(listed.map(({ path, id }) => [path!, id!])))
  const names = listed
    .filter(({ parentId }) => parentId !== undefined)
    .map(({ parentId, pathPart }) => `${parentId}/${siblingName(pathPart!)}`)
  assert.deepEqual(await treeRecords(context, tree.restApiId), {
    names: names.toSorted((a, b) => (a < b ? -1 : 1)),
    count: { count: listed.length - 1 },
  })
})

async function modelledCreate(
  tree: Tree,
  model: Map<string, string>,
  { path, id, part }: { path: string; id: string; part: string },
): Promise<void> {
  const above = path === '/' ? '/' : `${path}/`
  const siblings = [...model.keys()].filter(
    (other) =>
      other.startsWith(above) && other !== path && !other.slice(above.length).includes('/'),
  )
  const names = siblings.map((other) => other.slice(above.length))
  const isRefused =
    path.endsWith('+}') ||
    names.includes(part) ||
    (part.startsWith('{') && names.some((name) => name.startsWith('{')))
  if (isRefused) await assert.rejects(tree.create(id, part), ServiceError)
  else model.set(above + part, await tree.create(id, part))
}

async function modelledRemove(
  tree: Tree,
  model: Map<string, string>,
  { path, id }: { path: string; id: string },
): Promise<void> {
  if (path === '/') {
    await assert.rejects(tree.remove(id), { message: 'Root resource cannot be deleted' })
    return
  }
  await tree.remove(id)
  for (const other of [...model.keys()]) {
    if (other === path || other.startsWith(`${path}/`)) model.delete(other)
  }
}

function assertTree(listed: readonly Resource[], model: ReadonlyMap<string, string>): void {
  const shown = new Map(listed.map(({ path, id }) => [path, id]))
  assert.equal(shown.size, listed.length, 'no path comes twice')
  assert.deepEqual(shown, new Map(model))
  const byId = new Map(listed.map((resource) => [resource.id, resource]))
  for (const { path, parentId, pathPart } of listed) {
    if (path === '/') continue
    const parent = byId.get(parentId)
    assert.equal(path, parent?.path === '/' ? `/${pathPart}` : `${parent?.path}/${pathPart}`)
    const variables = listed.filter(
      (other) => other.parentId === parentId && other.pathPart?.startsWith('{'),
    )
    assert.ok(variables.length <= 1, 'at most one variable among siblings')
  }
}
