import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { slowConflictingStore } from '../../../test/contracts/slow-conflicting-store.ts'
import { testApiGateway } from '../../../test/support/api-gateway-context.ts'
import { updateWholeOrNot } from '../../../test/support/patched.ts'
import { seededRandom, testSeed } from '../../../test/support/seeded-random.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { MemoryStateStore } from '../../adapters/memory/state-store.ts'
import { openSqliteStateStore } from '../../adapters/sqlite/state-store.ts'
import type { PatchOperation } from '../../aws/models/apigateway-types.ts'
import { ServiceError } from '../../aws/service-error.ts'
import type { ApiGatewayContext } from './context.ts'
import { integrationResponses } from './integrations/integration-responses.ts'
import { integrations } from './integrations/integrations.ts'
import { methodResponses } from './methods/method-responses.ts'
import { methods } from './methods/methods.ts'
import { keys, type ResourceNameRecord, type ResourceRecord } from './records.ts'
import { childPath, siblingName } from './resources/path-part.ts'
import { resources } from './resources/resources.ts'
import { restApis } from './rest-apis/rest-apis.ts'

/** Any sequence of patches leaves what GetX answers, or leaves everything as it was. */

interface Place {
  readonly restApiId: string
  /** `/`, `/pets`, `/pets/{id}` and `/dogs`. */
  readonly resourceIds: readonly string[]
  /** The second of them. */
  readonly resourceId: string
  readonly httpMethod: 'GET'
  readonly statusCode: '200'
}

/** An API with something at every path of every table. */
async function seed(context: ApiGatewayContext): Promise<Place> {
  const api = await restApis.CreateRestApi(
    { name: 'pets', description: 'x', binaryMediaTypes: ['image/png'], minimumCompressionSize: 1 },
    context,
  )
  const restApiId = api.id ?? ''
  const add = async (parentId: string, pathPart: string) => {
    const { id } = await resources.CreateResource({ restApiId, parentId, pathPart }, context)
    return id ?? ''
  }
  const root = api.rootResourceId ?? ''
  const pets = await add(root, 'pets')
  const resourceIds = [root, pets, await add(pets, '{id}'), await add(root, 'dogs')]
  const place = { restApiId, resourceId: pets, httpMethod: 'GET', statusCode: '200' } as const
  const requestParameters = { 'method.request.querystring.page': false }
  const header = 'method.response.header.etag'
  await methods.PutMethod(
    { ...place, authorizationType: 'NONE', requestParameters, requestModels: { 'a/b': 'Empty' } },
    context,
  )
  await methodResponses.PutMethodResponse(
    { ...place, responseParameters: { [header]: true }, responseModels: { 'a/b': 'Empty' } },
    context,
  )
  await integrations.PutIntegration(
    { ...place, type: 'HTTP', integrationHttpMethod: 'GET', uri: 'http://example.com/' },
    context,
  )
  await integrationResponses.PutIntegrationResponse(
    { ...place, responseParameters: { [header]: "'1'" }, responseTemplates: { 'a/b': '{}' } },
    context,
  )
  return { ...place, resourceIds }
}

type Patches = readonly PatchOperation[]

/** What is updated: the call, and what reads the same thing. */
const updates = {
  RestApi: {
    update: async (place: Place, patchOperations: Patches, context: ApiGatewayContext) => {
      const { tags, ...shown } = await restApis.UpdateRestApi(
        { ...place, patchOperations },
        context,
      )
      assert.deepEqual(tags, {})
      return shown
    },
    read: (place: Place, context: ApiGatewayContext) => restApis.GetRestApi(place, context),
  },
  Resource: {
    update: (place: Place, patchOperations: Patches, context: ApiGatewayContext) =>
      resources.UpdateResource({ ...place, patchOperations }, context),
    read: (place: Place, context: ApiGatewayContext) => resources.GetResource(place, context),
  },
  Method: {
    update: (place: Place, patchOperations: Patches, context: ApiGatewayContext) =>
      methods.UpdateMethod({ ...place, patchOperations }, context),
    read: (place: Place, context: ApiGatewayContext) => methods.GetMethod(place, context),
  },
  MethodResponse: {
    update: (place: Place, patchOperations: Patches, context: ApiGatewayContext) =>
      methodResponses.UpdateMethodResponse({ ...place, patchOperations }, context),
    read: (place: Place, context: ApiGatewayContext) =>
      methodResponses.GetMethodResponse(place, context),
  },
  Integration: {
    update: (place: Place, patchOperations: Patches, context: ApiGatewayContext) =>
      integrations.UpdateIntegration({ ...place, patchOperations }, context),
    read: (place: Place, context: ApiGatewayContext) => integrations.GetIntegration(place, context),
  },
  IntegrationResponse: {
    update: (place: Place, patchOperations: Patches, context: ApiGatewayContext) =>
      integrationResponses.UpdateIntegrationResponse({ ...place, patchOperations }, context),
    read: (place: Place, context: ApiGatewayContext) =>
      integrationResponses.GetIntegrationResponse(place, context),
  },
} as const

type Updated = keyof typeof updates

const paths: Readonly<Record<Updated, readonly string[]>> = {
  RestApi: [
    ...['/name', '/description', '/apiKeySource', '/disableExecuteApiEndpoint', '/policy'],
    ...['/minimumCompressionSize', '/securityPolicy', '/endpointAccessMode'],
    ...['/binaryMediaTypes', '/binaryMediaTypes/image~1png', '/binaryMediaTypes/__proto__'],
    ...['/endpointConfiguration/types', '/endpointConfiguration/types/EDGE'],
    ...['/endpointConfiguration/ipAddressType', '/endpointConfiguration/vpcEndpointIds'],
  ],
  Resource: ['/parentId', '/pathPart'],
  Method: [
    ...['/authorizationType', '/authorizerId', '/authorizationScopes', '/apiKeyRequired'],
    ...['/operationName', '/requestValidatorId', '/requestModels/a~1b', '/requestModels/'],
    ...['/requestParameters/method.request.querystring.page', '/requestParameters/__proto__'],
    '/requestParameters/method.request.header.x',
  ],
  MethodResponse: [
    ...['/responseParameters/method.response.header.etag', '/responseParameters/__proto__'],
    ...['/responseModels/a~1b', '/responseModels/__proto__', '/responseModels/constructor'],
  ],
  Integration: [
    ...['/httpMethod', '/uri', '/credentials', '/connectionType', '/connectionId'],
    ...['/integrationTarget', '/tlsConfig/insecureSkipVerification', '/passthroughBehavior'],
    ...['/contentHandling', '/timeoutInMillis', '/responseTransferMode', '/cacheNamespace'],
    ...['/cacheKeyParameters/method.request.querystring.page', '/cacheKeyParameters/__proto__'],
    ...['/requestParameters/integration.request.header.x', '/requestParameters/__proto__'],
    ...['/requestTemplates/a~1b', '/requestTemplates/__proto__'],
  ],
  IntegrationResponse: [
    ...['/selectionPattern', '/contentHandling', '/responseTemplates/a~1b'],
    ...['/responseParameters/method.response.header.etag', '/responseTemplates/__proto__'],
  ],
}

const values: readonly string[] = [
  ...['true', 'false', '', '0', '50', '-1', 'x', 'dogs', '{id}', '{all+}', '{other}', 'a/b'],
  ...['EDGE', 'PRIVATE', 'REGIONAL', 'ipv4', 'dualstack', 'vpce-1', 'AUTHORIZER', 'STRICT'],
  ...['NONE', 'AWS_IAM', 'CUSTOM', 'Empty', 'Error', 'GET', 'http://example.com/dogs', 'STREAM'],
  ...['VPC_LINK', 'INTERNET', '${stageVariables.link}', 'CONVERT_TO_TEXT', 'NEVER', "'1'", '('],
  ...['method.request.querystring.page', 'integration.response.header.etag', 'image/gif'],
  '{"Version":"2012-10-17","Statement":[]}',
]

/** A patch; `{resource N}` as its value stands for an id. */
const anyPatch = (updated: Updated): fc.Arbitrary<PatchOperation> =>
  fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'replace', 'copy', 'move', 'test'),
      path: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...paths[updated]) },
        { weight: 1, arbitrary: fc.constantFrom(...Object.values(paths).flat()) },
        { weight: 1, arbitrary: fc.string() },
      ),
      value: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...values) },
        { weight: 1, arbitrary: fc.nat({ max: 4 }).map((index) => `{resource ${index}}`) },
        { weight: 1, arbitrary: fc.string() },
      ),
      from: fc.constant('/name'),
    },
    { requiredKeys: ['op', 'path'] },
  )

interface AnyUpdate {
  readonly updated: Updated
  /** Which resource, for UpdateResource. */
  readonly index: number
  readonly patches: Patches
}

const anyUpdate: fc.Arbitrary<AnyUpdate> = fc
  .constantFrom(...(Object.keys(updates) as Updated[]))
  .chain((updated) =>
    fc.record({
      updated: fc.constant(updated),
      index: fc.nat({ max: 3 }),
      patches: fc.array(anyPatch(updated), { maxLength: 4 }),
    }),
  )

const plain = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer))

/** True when it was taken. */
async function run(given: AnyUpdate, place: Place, context: ApiGatewayContext): Promise<boolean> {
  const { update, read } = updates[given.updated]
  const resourceId =
    given.updated === 'Resource' ? (place.resourceIds[given.index] ?? '') : place.resourceId
  const target = { ...place, resourceId }
  const patches = given.patches.map(({ value, ...patch }) =>
    value === undefined
      ? patch
      : {
          ...patch,
          value: value.replace(/\{resource (\d)\}/, (_, n) => place.resourceIds[n] ?? n),
        },
  )
  return updateWholeOrNot(context, {
    update: async () => update(target, patches, context),
    read: async () => read(target, context),
    plain,
  })
}

/** Every path follows from its parent, every name is held once, and the count is right. */
async function assertTree({ store, scope }: ApiGatewayContext, restApiId: string): Promise<void> {
  const listed = async (prefix: readonly string[]) =>
    (await store.list({ prefix, limit: 500 })).records
  const records = (await listed(keys.resources(scope, restApiId))).map(
    // What is under these keys are resources.
    ({ value }) => value as unknown as ResourceRecord,
  )
  const byId = new Map(records.map((resource) => [resource.id, resource]))
  const held = new Map<string, ResourceNameRecord>()
  for (const { key, value } of await listed(keys.resourceNames(scope, restApiId))) {
    held.set(key.slice(-2).join(' '), value as unknown as ResourceNameRecord)
  }
  for (const { id, parentId, pathPart, path } of records) {
    if (parentId === undefined || pathPart === undefined) continue
    const parent = byId.get(parentId)
    assert.equal(path, childPath(parent?.path ?? 'lost', pathPart))
    assert.deepEqual(held.get(`${parentId} ${siblingName(pathPart)}`), { id, pathPart })
  }
  assert.equal(held.size, records.length - 1)
  assert.equal(new Set(records.map(({ path }) => path)).size, records.length)
  const count = await store.get(keys.resourceCount(scope, restApiId))
  assert.deepEqual(count?.value, { count: records.length - 1 })
}

async function readAll(place: Place, context: ApiGatewayContext): Promise<unknown> {
  const answers = Object.values(updates).map(({ read }) => read(place, context))
  const listing = resources.GetResources({ ...place, embed: ['methods'] }, context)
  return plain(await Promise.all([...answers, listing]))
}

describe('updates of a definition', () => {
  for (const updated of Object.keys(updates) as Updated[]) {
    test(`Update${updated} leaves what Get${updated} answers, or nothing changed`, async () => {
      const { context } = testApiGateway()
      const place = await seed(context)
      let takenCount = 0
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: 3 }),
          fc.array(anyPatch(updated), { maxLength: 4 }),
          async (index, patches) => {
            if (await run({ updated, index, patches }, place, context)) takenCount += 1
          },
        ),
        { numRuns: 120 },
      )
      assert.ok(takenCount >= 5, `only ${takenCount} were taken`)
      await assertTree(context, place.restApiId)
    })
  }

  test('are all there when the gateway starts again', async (t) => {
    const dataDir = temporaryDirectory(t)
    const [sequence = []] = fc.sample(fc.array(anyUpdate, { minLength: 80, maxLength: 80 }), {
      numRuns: 1,
      seed: testSeed(),
    })
    const store = openSqliteStateStore({ dataDir })
    const { context } = testApiGateway({ store })
    const place = await seed(context)
    for (const update of sequence) await run(update, place, context)
    await assertTree(context, place.restApiId)
    const before = await readAll(place, context)
    await store.close()

    const reopened = openSqliteStateStore({ dataDir })
    t.after(() => reopened.close())
    const again = testApiGateway({ store: reopened }).context
    assert.deepEqual(await readAll(place, again), before)
    await assertTree(again, place.restApiId)
  })
})

describe('UpdateResource', () => {
  const moves = (parentId: string) =>
    [{ op: 'replace', path: '/parentId', value: parentId }] as const
  const slow = (seedNumber: number) =>
    testApiGateway({
      store: slowConflictingStore(new MemoryStateStore(), {
        random: seededRandom(seedNumber),
        conflictShare: 0.1,
        turnsMax: 3,
      }),
      seed: seedNumber,
    }).context

  test('leaves a tree when it races with other changes of it', async (t) => {
    const seedNumber = testSeed()
    t.diagnostic(`STAGEDOOR_TEST_SEED=${seedNumber}`)
    for (let round = 0; round < 10; round += 1) {
      const context = slow(seedNumber + round)
      const { restApiId, resourceIds } = await seed(context)
      const [root = '', pets = '', one = '', dogs = ''] = resourceIds
      const outcomes = await Promise.allSettled([
        resources.UpdateResource(
          { restApiId, resourceId: pets, patchOperations: moves(dogs) },
          context,
        ),
        resources.UpdateResource(
          { restApiId, resourceId: dogs, patchOperations: moves(pets) },
          context,
        ),
        resources.UpdateResource(
          { restApiId, resourceId: one, patchOperations: moves(root) },
          context,
        ),
        resources.CreateResource({ restApiId, parentId: pets, pathPart: 'new' }, context),
        resources.CreateResource({ restApiId, parentId: root, pathPart: '{other}' }, context),
        methods.PutMethod(
          { restApiId, resourceId: one, httpMethod: 'GET', authorizationType: 'NONE' },
          context,
        ),
        resources.DeleteResource({ restApiId, resourceId: dogs }, context),
      ])
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof ServiceError)
      }
      await assertTree(context, restApiId)
    }
  })
})

describe('UpdateRestApi', () => {
  test('counts a new endpoint type against its quota', async () => {
    const { context } = testApiGateway({ quotas: { regionalApis: 1 } })
    const regional = { endpointConfiguration: { types: ['REGIONAL'] } } as const
    await restApis.CreateRestApi({ name: 'a', ...regional }, context)
    const { id: restApiId = '' } = await restApis.CreateRestApi({ name: 'b' }, context)
    const path = '/endpointConfiguration/types/EDGE'
    const patchOperations = [{ op: 'replace', path, value: 'REGIONAL' }] as const
    await assert.rejects(restApis.UpdateRestApi({ restApiId, patchOperations }, context), {
      code: 'LimitExceededException',
    })
  })

  test('warns once of a setting that comes into use', async () => {
    const { context, warned } = testApiGateway()
    const { id: restApiId = '' } = await restApis.CreateRestApi({ name: 'a' }, context)
    const patchOperations = [{ op: 'replace', path: '/securityPolicy', value: 'TLS_1_2' }] as const
    await restApis.UpdateRestApi({ restApiId, patchOperations }, context)
    await restApis.UpdateRestApi({ restApiId, patchOperations }, context)
    assert.deepEqual(
      warned.map(({ setting }) => setting),
      ['securityPolicy, endpointAccessMode'],
    )
  })
})
