import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FeedChange } from '../../ports/deployment-feed.ts'
import type { StageDeclaration } from '../../snapshot/stage-declaration.ts'
import { createWorkerFeed } from './feed.ts'

// The feed reads these members alone.
const stage = (stageName: string, revision: number): FeedChange => ({
  kind: 'stage',
  stage: { restApiId: 'a', stageName, revision } as StageDeclaration,
})
const removed = (stageName: string, revision: number): FeedChange =>
  ({ kind: 'stage-removed', restApiId: 'a', stageName, revision }) as FeedChange

function startFeed() {
  const applied: FeedChange[] = []
  const take = async (changes: readonly FeedChange[]) => void applied.push(...changes)
  const feed = createWorkerFeed({ workers: take, functionPlane: async () => {} })
  return { feed, applied }
}

describe('createWorkerFeed()', () => {
  test('tells the workers each change, and a later worker the newest of each stage', async () => {
    const { feed, applied } = startFeed()
    const changes = [stage('dev', 1), stage('prod', 1), stage('dev', 2)]
    for (const change of changes) await feed.publish(change)
    assert.deepEqual(applied, changes)
    assert.deepEqual(feed.replay(), [stage('prod', 1), stage('dev', 2)])
    assert.equal(feed.stageCount(), 2)
  })

  test('drops what is older than what it has, in whatever order it comes', async () => {
    const { feed, applied } = startFeed()
    await feed.publish(stage('dev', 2))
    await feed.publish(stage('dev', 1))
    await feed.publish(removed('dev', 3))
    await feed.publish(stage('dev', 2))
    assert.deepEqual(applied, [stage('dev', 2), removed('dev', 3)])
    assert.deepEqual(feed.replay(), [])
    await feed.publish(stage('dev', 4))
    assert.deepEqual(feed.replay(), [stage('dev', 4)])
  })

  test('restores without telling anybody', async () => {
    const { feed, applied } = startFeed()
    feed.restore(stage('dev', 1))
    assert.deepEqual(applied, [])
    assert.deepEqual(feed.replay(), [stage('dev', 1)])
  })

  test('forgets everything at a reset', async () => {
    const { feed, applied } = startFeed()
    await feed.publish(stage('dev', 5))
    await feed.publish({ kind: 'reset' })
    assert.deepEqual(feed.replay(), [])
    await feed.publish(stage('dev', 1))
    assert.deepEqual(applied.at(-1), stage('dev', 1))
  })

  test('resolves when the workers have it', async () => {
    const held = Promise.withResolvers<void>()
    const feed = createWorkerFeed({ workers: () => held.promise, functionPlane: async () => {} })
    let isDone = false
    const publishing = feed.publish(stage('dev', 1)).then(() => (isDone = true))
    await Promise.resolve()
    assert.equal(isDone, false)
    held.resolve()
    await publishing
  })

  test('remembers a bounded number of removals', async () => {
    const { feed } = startFeed()
    for (let i = 0; i < 10_050; i += 1) await feed.publish(removed(`s${i}`, 5))
    await feed.publish(stage('s0', 1))
    await feed.publish(stage('s10049', 1))
    assert.deepEqual(feed.replay(), [stage('s0', 1)])
  })
})
