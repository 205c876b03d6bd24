import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testApiGateway } from '../../../test/support/api-gateway-context.ts'
import { updateWholeOrNot } from '../../../test/support/patched.ts'
import { testSeed } from '../../../test/support/seeded-random.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { openSqliteStateStore } from '../../adapters/sqlite/state-store.ts'
import type { PatchOperation } from '../../aws/models/apigateway-types.ts'
import type { ApiGatewayContext } from './context.ts'
import { builtOperations } from './service.ts'

/**
 * Any sequence of patches of what `definition-updates.test.ts` leaves out: each leaves what GetX answers or
 * leaves everything as it was, and all of it is there when the gateway starts again.
 */

const call = builtOperations
type Patches = readonly PatchOperation[]

/** What there is one of each of. */
interface Place {
  readonly restApiId: string
  readonly deploymentIds: readonly string[]
  readonly requestValidatorId: string
  readonly documentationPartId: string
  readonly vpcLinkId: string
  readonly apiKeyId: string
  readonly usagePlanId: string
}

async function seed(context: ApiGatewayContext): Promise<Place> {
  const api = await call.CreateRestApi({ name: 'pets' }, context)
  const restApiId = api.id ?? ''
  const root = { restApiId, resourceId: api.rootResourceId ?? '', httpMethod: 'GET' }
  await call.PutMethod({ ...root, authorizationType: 'NONE' }, context)
  await call.PutIntegration({ ...root, type: 'MOCK' }, context)
  const deploy = async () => (await call.CreateDeployment({ restApiId }, context)).id ?? ''
  const deploymentIds = [await deploy(), await deploy()]
  const [deploymentId = ''] = deploymentIds
  await call.CreateStage({ restApiId, stageName: 'prod', deploymentId }, context)
  const location = { type: 'API' } as const
  await call.CreateDocumentationVersion({ restApiId, documentationVersion: '1' }, context)
  const part = await call.CreateDocumentationPart(
    { restApiId, location, properties: '{}' },
    context,
  )
  const validator = await call.CreateRequestValidator({ restApiId, name: 'all' }, context)
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/b'
  const link = await call.CreateVpcLink({ name: 'link', targetArns: [arn] }, context)
  return {
    restApiId,
    deploymentIds,
    requestValidatorId: validator.id ?? '',
    documentationPartId: part.id ?? '',
    vpcLinkId: link.id ?? '',
    apiKeyId: (await call.CreateApiKey({ name: 'key' }, context)).id ?? '',
    usagePlanId: (await call.CreateUsagePlan({ name: 'plan' }, context)).id ?? '',
  }
}

interface Updated {
  readonly update: (
    place: Place,
    patchOperations: Patches,
    context: ApiGatewayContext,
  ) => Promise<unknown>
  readonly read: (place: Place, context: ApiGatewayContext) => Promise<unknown>
  readonly paths: readonly string[]
}

const prod = { stageName: 'prod' } as const
const throttled = { responseType: 'THROTTLED' } as const
const empty = { modelName: 'Empty' } as const
const first = { documentationVersion: '1' } as const
const withDeployment = ({ restApiId, deploymentIds }: Place) => ({
  restApiId,
  deploymentId: deploymentIds[0] ?? '',
})

const updates: Readonly<Record<string, Updated>> = {
  Stage: {
    update: ({ restApiId }, patchOperations, context) =>
      call.UpdateStage({ restApiId, ...prod, patchOperations }, context),
    read: ({ restApiId }, context) => call.GetStage({ restApiId, ...prod }, context),
    paths: [
      ...['/deploymentId', '/description', '/cacheClusterEnabled', '/cacheClusterSize'],
      ...['/clientCertificateId', '/documentationVersion', '/tracingEnabled', '/variables'],
      ...['/variables/a', '/variables/__proto__', '/variables/constructor', '/canarySettings'],
      ...['/canarySettings/deploymentId', '/canarySettings/percentTraffic'],
      ...['/canarySettings/useStageCache', '/canarySettings/stageVariableOverrides/__proto__'],
      ...['/accessLogSettings', '/accessLogSettings/format', '/accessLogSettings/destinationArn'],
      ...['/*/*/throttling/burstLimit', '/*/*/throttling/rateLimit', '/*/*', '/~1/GET'],
      ...[
        '/~1/GET/caching/ttlInSeconds',
        '/*/*/logging/loglevel',
        '/__proto__/GET/metrics/enabled',
      ],
    ],
  },
  GatewayResponse: {
    update: ({ restApiId }, patchOperations, context) =>
      call.UpdateGatewayResponse({ restApiId, ...throttled, patchOperations }, context),
    read: ({ restApiId }, context) => call.GetGatewayResponse({ restApiId, ...throttled }, context),
    paths: [
      ...['/statusCode', '/responseParameters/gatewayresponse.header.a'],
      ...[
        '/responseParameters/__proto__',
        '/responseTemplates/a~1b',
        '/responseTemplates/__proto__',
      ],
    ],
  },
  Model: {
    update: ({ restApiId }, patchOperations, context) =>
      call.UpdateModel({ restApiId, ...empty, patchOperations }, context),
    read: ({ restApiId }, context) => call.GetModel({ restApiId, ...empty }, context),
    paths: ['/description', '/schema'],
  },
  RequestValidator: {
    update: ({ restApiId, requestValidatorId }, patchOperations, context) =>
      call.UpdateRequestValidator({ restApiId, requestValidatorId, patchOperations }, context),
    read: ({ restApiId, requestValidatorId }, context) =>
      call.GetRequestValidator({ restApiId, requestValidatorId }, context),
    paths: ['/name', '/validateRequestBody', '/validateRequestParameters'],
  },
  Deployment: {
    update: (place, patchOperations, context) =>
      call.UpdateDeployment({ ...withDeployment(place), patchOperations }, context),
    read: (place, context) => call.GetDeployment(withDeployment(place), context),
    paths: ['/description'],
  },
  DocumentationPart: {
    update: ({ restApiId, documentationPartId }, patchOperations, context) =>
      call.UpdateDocumentationPart({ restApiId, documentationPartId, patchOperations }, context),
    read: ({ restApiId, documentationPartId }, context) =>
      call.GetDocumentationPart({ restApiId, documentationPartId }, context),
    paths: ['/properties'],
  },
  DocumentationVersion: {
    update: ({ restApiId }, patchOperations, context) =>
      call.UpdateDocumentationVersion({ restApiId, ...first, patchOperations }, context),
    read: ({ restApiId }, context) =>
      call.GetDocumentationVersion({ restApiId, ...first }, context),
    paths: ['/description'],
  },
  Account: {
    update: (_place, patchOperations, context) => call.UpdateAccount({ patchOperations }, context),
    read: (_place, context) => call.GetAccount({}, context),
    paths: ['/cloudwatchRoleArn', '/features'],
  },
  VpcLink: {
    update: ({ vpcLinkId }, patchOperations, context) =>
      call.UpdateVpcLink({ vpcLinkId, patchOperations }, context),
    read: ({ vpcLinkId }, context) => call.GetVpcLink({ vpcLinkId }, context),
    paths: ['/name', '/description'],
  },
  ApiKey: {
    update: ({ apiKeyId: apiKey }, patchOperations, context) =>
      call.UpdateApiKey({ apiKey, patchOperations }, context),
    read: ({ apiKeyId: apiKey }, context) => call.GetApiKey({ apiKey }, context),
    paths: ['/name', '/description', '/enabled', '/customerId', '/stages', '/labels'],
  },
  UsagePlan: {
    update: ({ usagePlanId }, patchOperations, context) =>
      call.UpdateUsagePlan({ usagePlanId, patchOperations }, context),
    read: ({ usagePlanId }, context) => call.GetUsagePlan({ usagePlanId }, context),
    paths: [
      ...['/name', '/description', '/productCode', '/quota', '/quota/limit', '/quota/period'],
      ...[
        '/quota/offset',
        '/throttle',
        '/throttle/burstLimit',
        '/throttle/rateLimit',
        '/apiStages',
      ],
      ...['/apiStages/{stage}/throttle', '/apiStages/{stage}/throttle/~1/GET/rateLimit'],
    ],
  },
}

const values: readonly string[] = [
  ...['true', 'false', '', '0', '1', '10', '-1', '1.5', 'x', 'DAY', 'WEEK', 'INFO', 'OFF', '0.5'],
  ...['{stage}', '{deployment 0}', '{deployment 1}', '{"type":"object"}', '{"a":"b"}', '429', '{}'],
  ...["'1'", 'arn:aws:iam::000000000000:role/logs', 'UsagePlans', '$context.requestId', 'nope'],
  ...['arn:aws:logs:us-east-1:000000000000:log-group:a', '{"/a/GET":{"rateLimit":1}}'],
]

/** `{stage}` and `{deployment N}` stand for what the place has. */
function fillIn(text: string, { restApiId, deploymentIds }: Place): string {
  return text
    .replace('{stage}', `${restApiId}:prod`)
    .replace(/\{deployment (\d)\}/, (_, n) => deploymentIds[n] ?? '')
}

const anyPatch = (name: string): fc.Arbitrary<PatchOperation> =>
  fc.record(
    {
      op: fc.oneof(
        { weight: 6, arbitrary: fc.constant('replace' as const) },
        { weight: 2, arbitrary: fc.constantFrom('add', 'remove') },
        { weight: 1, arbitrary: fc.constantFrom('copy', 'move', 'test') },
      ),
      path: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...(updates[name]?.paths ?? [])) },
        { weight: 1, arbitrary: fc.string() },
      ),
      value: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...values) },
        { weight: 1, arbitrary: fc.string() },
      ),
      from: fc.constantFrom(
        '/canarySettings/deploymentId',
        '/canarySettings/stageVariableOverrides',
        '/x',
      ),
    },
    { requiredKeys: ['op', 'path'] },
  )

const anyUpdate = fc
  .constantFrom(...Object.keys(updates))
  .chain((name) =>
    fc.record({ name: fc.constant(name), patches: fc.array(anyPatch(name), { maxLength: 3 }) }),
  )

/** As JSON, without the tags that only some answers show when there are none. */
function plain(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (key, value) => (key === 'tags' ? undefined : value))
}

/** True when it was taken. */
async function run(
  { name, patches }: { readonly name: string; readonly patches: Patches },
  place: Place,
  context: ApiGatewayContext,
): Promise<boolean> {
  const { update, read } = updates[name]!
  const filled = patches.map(({ value, path = '', ...patch }) => ({
    ...patch,
    path: fillIn(path, place),
    ...(value === undefined ? {} : { value: fillIn(value, place) }),
  }))
  return updateWholeOrNot(context, {
    update: async () => update(place, filled, context),
    read: async () => read(place, context),
    plain,
  })
}

const readAll = async (place: Place, context: ApiGatewayContext) =>
  plain(await Promise.all(Object.values(updates).map(({ read }) => read(place, context))))

describe('updates of what no definition holds', () => {
  for (const name of Object.keys(updates)) {
    test(`Update${name} leaves what Get${name} answers, or nothing changed`, async () => {
      const { context } = testApiGateway()
      const place = await seed(context)
      let takenCount = 0
      await fc.assert(
        fc.asyncProperty(fc.array(anyPatch(name), { maxLength: 3 }), async (patches) => {
          if (await run({ name, patches }, place, context)) takenCount += 1
        }),
        { numRuns: 150 },
      )
      assert.ok(takenCount >= 5, `only ${takenCount} were taken`)
    })
  }

  test('are all there when the gateway starts again', async (t) => {
    const dataDir = temporaryDirectory(t)
    const [sequence = []] = fc.sample(fc.array(anyUpdate, { minLength: 100, maxLength: 100 }), {
      numRuns: 1,
      seed: testSeed(),
    })
    const store = openSqliteStateStore({ dataDir })
    const { context } = testApiGateway({ store })
    const place = await seed(context)
    for (const update of sequence) await run(update, place, context)
    const before = await readAll(place, context)
    await store.close()

    const reopened = openSqliteStateStore({ dataDir })
    t.after(() => reopened.close())
    const again = testApiGateway({ store: reopened }).context
    assert.deepEqual(await readAll(place, again), before)
  })
})
