import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { seededRandom, testSeed } from '../../../../test/support/seeded-random.ts'
import {
  restApiId,
  seededHash,
  seedStage,
  stageName,
} from '../../../../test/support/seeded-stage.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import type { PatchOperation } from '../../../aws/models/apigateway-types.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import type { FeedChange } from '../../../ports/deployment-feed.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { keys, type StageRecord } from '../records.ts'
import { deploymentIdsOf } from './publish-stage.ts'
import { stages } from './stages.ts'

const stageInput = { restApiId, stageName }

async function storedStage({ store, scope }: ApiGatewayContext) {
  const found = await store.get(keys.stage(scope, restApiId, stageName))
  // What is under a stage's key is a stage.
  return found as unknown as { readonly revision: number; readonly value: StageRecord } | undefined
}

/** The change that a receiver ends on: the one with the highest revision, whatever came last. */
function lastOf(published: readonly FeedChange[]): FeedChange | undefined {
  const revisionOf = (change: FeedChange): number =>
    change.kind === 'stage' ? change.stage.revision : 'revision' in change ? change.revision : 0
  return published.toSorted((a, b) => revisionOf(a) - revisionOf(b)).at(-1)
}

function slowGateway(seed: number) {
  const random = seededRandom(seed)
  const inner = new MemoryStateStore()
  const store = slowConflictingStore(inner, { random, conflictShare: 0.1, turnsMax: 3 })
  return testApiGateway({ store, seed })
}

describe('UpdateStage', () => {
  test('publishes the declaration with the revision of the stored record', async () => {
    const { context, published } = testApiGateway()
    await seedStage(context, { description: 'x', tags: { a: 'b' } })
    const patchOperations: PatchOperation[] = [
      { op: 'replace', path: '/variables/color', value: 'blue' },
      { op: 'replace', path: '/canarySettings/deploymentId', value: 'dep002' },
    ]
    await stages.UpdateStage({ ...stageInput, patchOperations }, context)
    const stored = await storedStage(context)
    assert.deepEqual(published, [
      {
        kind: 'stage',
        stage: {
          account: '000000000000',
          region: 'us-east-1',
          restApiId,
          stageName,
          revision: stored?.revision,
          deploymentId: 'dep001',
          definitionHash: seededHash('dep001'),
          variables: { color: 'blue' },
          methodSettings: {},
          canary: {
            deploymentId: 'dep002',
            definitionHash: seededHash('dep002'),
            percentTraffic: 0,
            stageVariableOverrides: {},
            useStageCache: false,
          },
          cacheClusterEnabled: false,
          tracingEnabled: false,
        },
      },
    ])
  })

  test('warns once when a setting that is not enforced comes into use', async () => {
    const { context, warnings } = testApiGateway()
    await seedStage(context)
    const enable = [{ op: 'replace', path: '/*/*/metrics/enabled', value: 'true' }] as const
    await stages.UpdateStage({ ...stageInput, patchOperations: enable }, context)
    await stages.UpdateStage({ ...stageInput, patchOperations: enable }, context)
    assert.deepEqual(warnings, ['setting-not-enforced'])
  })

  test('loses none of many updates at once, and the feed ends on what is stored', async (t) => {
    const seed = testSeed()
    t.diagnostic(`STAGEDOOR_TEST_SEED=${seed}`)
    const { context, published } = slowGateway(seed)
    await seedStage(context)
    const names = Array.from({ length: 12 }, (_, index) => `v${index}`)
    await Promise.all(
      names.map((name) => {
        const patchOperations = [{ op: 'replace', path: `/variables/${name}`, value: '1' }] as const
        return stages.UpdateStage({ ...stageInput, patchOperations }, context)
      }),
    )
    const stored = await storedStage(context)
    assert.deepEqual(Object.keys(stored?.value.variables ?? {}).toSorted(), names.toSorted())
    const last = lastOf(published)
    assert.ok(last?.kind === 'stage')
    assert.equal(last.stage.revision, stored?.revision)
    assert.deepEqual(last.stage.variables, stored?.value.variables)
  })

  test('never leaves a stage on a deployment that is deleted meanwhile', async (t) => {
    const seed = testSeed()
    t.diagnostic(`STAGEDOOR_TEST_SEED=${seed}`)
    for (let round = 0; round < 10; round += 1) {
      const { context } = slowGateway(seed + round)
      await seedStage(context)
      const patchOperations = [{ op: 'replace', path: '/deploymentId', value: 'dep002' }] as const
      const canary = [
        { op: 'replace', path: '/canarySettings/deploymentId', value: 'dep003' },
      ] as const
      const outcomes = await Promise.allSettled([
        stages.UpdateStage({ ...stageInput, patchOperations }, context),
        deployments.DeleteDeployment({ restApiId, deploymentId: 'dep002' }, context),
        stages.UpdateStage({ ...stageInput, patchOperations: canary }, context),
        deployments.DeleteDeployment({ restApiId, deploymentId: 'dep003' }, context),
        stages.CreateStage({ restApiId, stageName: 'new', deploymentId: 'dep002' }, context),
      ])
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof ServiceError)
      }
      const listed = await context.store.list({
        prefix: keys.stages(context.scope, restApiId),
        limit: 10,
      })
      for (const { value } of listed.records) {
        for (const id of deploymentIdsOf(value as unknown as StageRecord)) {
          const deployment = await context.store.get(keys.deployment(context.scope, restApiId, id))
          assert.ok(deployment, `round ${round}: ${id} is served and gone`)
        }
      }
    }
  })

  test('ends in a stage that GetStage answers or in nothing changed, whatever is sent', async () => {
    const { context, published } = testApiGateway()
    await seedStage(context)
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { maxLength: 6 }), async (patchOperations) => {
        const before = await storedStage(context)
        const publishedBefore = published.length
        let answer: unknown
        try {
          answer = await stages.UpdateStage({ ...stageInput, patchOperations }, context)
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error))
          assert.ok(error.status === 400 || error.status === 429)
          assert.deepEqual(await storedStage(context), before)
          assert.equal(published.length, publishedBefore)
          return
        }
        assert.deepEqual(await stages.GetStage(stageInput, context), answer)
        const last = published.at(-1)
        assert.ok(last?.kind === 'stage')
        assert.ok(last.stage.revision > (before?.revision ?? 0))
        assert.deepEqual(JSON.parse(JSON.stringify(last)), last)
      }),
      { numRuns: 300 },
    )
  })
})

const segment = fc.oneof(
  fc.constantFrom('*', 'GET', 'ANY', '~1pets', '', '__proto__', 'a~0b', 'caching', 'enabled'),
  fc.string({ maxLength: 5 }),
)

const knownPath = fc.constantFrom(
  '/deploymentId',
  '/description',
  '/cacheClusterEnabled',
  '/cacheClusterSize',
  '/clientCertificateId',
  '/documentationVersion',
  '/tracingEnabled',
  '/variables',
  '/variables/color',
  '/variables/__proto__',
  '/accessLogSettings',
  '/accessLogSettings/destinationArn',
  '/accessLogSettings/format',
  '/canarySettings',
  '/canarySettings/deploymentId',
  '/canarySettings/percentTraffic',
  '/canarySettings/useStageCache',
  '/canarySettings/stageVariableOverrides/color',
  '/*/*',
  '/*/*/caching/enabled',
  '/*/*/throttling/rateLimit',
  '/~1pets/GET/throttling/burstLimit',
  '/~1pets/GET/logging/loglevel',
  '/~1pets/GET',
)

const anyOperation: fc.Arbitrary<PatchOperation> = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'copy', 'move', 'test'),
    path: fc.oneof(
      { weight: 4, arbitrary: knownPath },
      {
        weight: 1,
        arbitrary: fc.array(segment, { maxLength: 6 }).map((all) => `/${all.join('/')}`),
      },
      { weight: 1, arbitrary: fc.string() },
    ),
    value: fc.oneof(
      fc.constantFrom(
        'true',
        'OFF',
        '1.1',
        'INFO',
        '0.5',
        '12',
        '-1',
        'dep002',
        '$context.requestId',
      ),
      fc.constantFrom('{"a":"b"}', '{"__proto__":"b"}', 'arn:aws:logs:r:a:log-group:g', ''),
      fc.string(),
    ),
    from: fc.constantFrom('/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides'),
  },
  { requiredKeys: [] },
)

describe('CreateStage', () => {
  test('keeps the quota when two stages race for the last place', async (t) => {
    const seed = testSeed()
    t.diagnostic(`STAGEDOOR_TEST_SEED=${seed}`)
    const { context } = slowGateway(seed)
    await seedStage(context)
    const limited: ApiGatewayContext = {
      ...context,
      quotas: { ...context.quotas, stagesPerApi: 3 },
    }
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name) =>
        stages.CreateStage({ restApiId, stageName: name, deploymentId: 'dep001' }, limited),
      ),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2)
    const { item } = await stages.GetStages({ restApiId }, context)
    assert.equal(item.length, 3)
  })

  test('creates a name once when two calls race for it', async (t) => {
    const seed = testSeed()
    t.diagnostic(`STAGEDOOR_TEST_SEED=${seed}`)
    const { context, published } = slowGateway(seed)
    await seedStage(context)
    const input = { restApiId, stageName: 'twice', deploymentId: 'dep001' }
    const outcomes = await Promise.allSettled([
      stages.CreateStage(input, context),
      stages.CreateStage(input, context),
    ])
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')
    assert.equal(refused?.reason.message, 'Stage already exists')
    assert.equal(published.length, 1)
  })
})

describe('DeleteStage', () => {
  test('publishes a removal above every revision that the stage had, also when it comes again', async () => {
    const { context, published } = testApiGateway()
    await seedStage(context)
    await stages.UpdateStage({ ...stageInput, patchOperations: [] }, context)
    await stages.DeleteStage(stageInput, context)
    await stages.CreateStage({ ...stageInput, deploymentId: 'dep002' }, context)
    const revisions = published.map((change) =>
      change.kind === 'stage' ? change.stage.revision : 'revision' in change ? change.revision : 0,
    )
    assert.deepEqual(
      published.map(({ kind }) => kind),
      ['stage', 'stage-removed', 'stage'],
    )
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(revisions).size, 3)
    assert.deepEqual(published[1], {
      kind: 'stage-removed',
      restApiId,
      stageName,
      revision: revisions[1],
    })
  })
})
