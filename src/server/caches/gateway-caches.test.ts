import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { definitionOf, snapshotOf } from '../../../test/support/compiled-stage.ts'
import { recordingLog } from '../../../test/support/recording-sinks.ts'
import type { RestApiId, StageName } from '../../aws/identifiers.ts'
import type { StageDeclaration } from '../../snapshot/stage-declaration.ts'
import { openGatewayCaches } from './gateway-caches.ts'
import type { ThreadStageCache } from './worker-caches.ts'

const { declaration } = snapshotOf({ definition: definitionOf({ integrations: {} }) })

function stageOf(members: Partial<StageDeclaration>) {
  return { kind: 'stage', stage: { ...declaration, ...members } } as const
}

function setUp(bytesMax = 8 * 1024 ** 3) {
  const told: string[] = []
  const log = recordingLog()
  const tell = (cache: ThreadStageCache) => {
    const isThere = cache.in === 'memory' && cache.shared.memory !== undefined
    told.push(`${cache.shared.place.stageName} ${isThere ? 'begins' : 'ends'}`)
  }
  const caches = openGatewayCaches({ bytesMax, redis: undefined, sealKey: undefined, tell, log })
  return { caches, told, log }
}

const on = { cacheClusterEnabled: true, cacheClusterSize: '0.5' }

describe('openGatewayCaches()', () => {
  test('makes a cache with its stage, another with another size, and none of one that says nothing of it', async () => {
    const { caches, told } = setUp()
    assert.equal(caches.declare(stageOf({})), undefined)
    await caches.declare(stageOf(on))
    await caches.declare(stageOf({ ...on, variables: { a: 'b' } }))
    assert.deepEqual(told, ['prod begins'])
    await caches.declare(stageOf({ ...on, cacheClusterSize: '1.6' }))
    assert.deepEqual(told, ['prod begins', 'prod ends', 'prod begins'])
    await caches.declare(stageOf({ cacheClusterEnabled: false, cacheClusterSize: '1.6' }))
    assert.equal(told.at(-1), 'prod ends')
    assert.deepEqual(caches.shared(), [])
  })

  test('ends it with its stage, and all of them with a reset', async () => {
    const { caches, told } = setUp()
    const [restApiId, stageName] = [declaration.restApiId, declaration.stageName]
    await caches.declare(stageOf(on))
    const other = { kind: 'stage-removed', revision: 9 } as const
    assert.equal(
      caches.declare({ ...other, restApiId: 'zzzzzzzzzz' as RestApiId, stageName }),
      undefined,
    )
    await caches.declare({ ...other, restApiId, stageName })
    assert.deepEqual(told, ['prod begins', 'prod ends'])
    for (const name of ['one', 'two']) {
      await caches.declare(stageOf({ ...on, stageName: name as StageName }))
    }
    assert.equal(caches.shared().length, 2)
    await caches.declare({ kind: 'reset' })
    assert.deepEqual(caches.shared(), [])
    assert.deepEqual(caches.figures(), [])
  })

  test('makes a cache that is larger than there is memory for, and says so', async () => {
    const { caches, log } = setUp(1024 ** 2)
    await caches.declare(stageOf({ ...on, cacheClusterSize: '237' }))
    assert.equal(caches.shared().length, 1)
    const [line] = log.lines
    assert.deepEqual([line?.level, line?.event], ['warn', 'stage-cache-memory-short'])
    assert.equal(line?.fields['wantedBytes'], 237 * 1024 ** 3)
  })
})
