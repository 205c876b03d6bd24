import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { apiDefinitionOf, hashOf, stageDeclarationOf } from '../../test/support/api-definition.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { DefinitionHash, DeploymentId, RestApiId, StageName } from '../aws/identifiers.ts'
import type { StageFeedChange } from '../ports/deployment-feed.ts'
import { encodeDefinition, hashDefinition } from '../snapshot/definition-codec.ts'
import type { StageDeclaration } from '../snapshot/stage-declaration.ts'
import { createStageTable, type FeedAck, type StageTable } from './stage-table.ts'

const api = 'api1234567' as RestApiId
const prod = 'prod' as StageName
const bytesOf = (name: string) =>
  encodeDefinition(
    apiDefinitionOf({ api: { name }, methods: { [`GET /${name}`]: { integration: {} } } }),
  )

/** Definitions by hash, whose delivery a test can hold back. */
class Definitions {
  readonly loads: DefinitionHash[] = []
  readonly #stored = new Map<DefinitionHash, Uint8Array>()
  readonly #gates = new Map<DefinitionHash, Promise<void>>()

  add(name: string): DefinitionHash {
    const bytes = bytesOf(name)
    const hash = hashDefinition(bytes)
    this.#stored.set(hash, bytes)
    return hash
  }

  /** Keeps the definition back until the function that it gives is called. */
  holdBack(hash: DefinitionHash): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.set(hash, promise)
    return () => {
      this.#gates.delete(hash)
      resolve()
    }
  }

  async loadDefinition(hash: DefinitionHash): Promise<Uint8Array> {
    this.loads.push(hash)
    await this.#gates.get(hash)
    const bytes = this.#stored.get(hash)
    if (bytes === undefined) throw new Error(`no definition ${hash}`)
    return bytes
  }
}

function newTable(): { table: StageTable; definitions: Definitions } {
  const definitions = new Definitions()
  const yieldToOthers = () => Promise.resolve()
  const clock = new VirtualClock()
  return { definitions, table: createStageTable({ source: definitions, clock, yieldToOthers }) }
}

function stage(
  revision: number,
  definitionHash: DefinitionHash,
  more: Partial<StageDeclaration> = {},
): StageFeedChange {
  return { kind: 'stage', stage: stageDeclarationOf({ revision, definitionHash, ...more }) }
}

function canary(definitionHash: DefinitionHash): Partial<StageDeclaration> {
  return {
    canary: {
      deploymentId: 'dep002' as DeploymentId,
      definitionHash,
      percentTraffic: 50,
      stageVariableOverrides: {},
      useStageCache: false,
    },
  }
}

const removal = (revision: number): StageFeedChange => ({
  kind: 'stage-removed',
  restApiId: api,
  stageName: prod,
  revision,
})

const outcome = async (ack: Promise<FeedAck>) => (await ack).outcome
const served = (table: StageTable) => table.find(api, prod)?.base.deployment.apiName

describe('apply()', () => {
  test('serves a stage once its definition is compiled', async () => {
    const { table, definitions } = newTable()
    const release = definitions.holdBack(definitions.add('one'))
    const applying = table.apply(stage(1, hashDefinition(bytesOf('one'))))
    assert.equal(table.find(api, prod), undefined)
    assert.equal(table.hasApi(api), false)
    release()
    assert.deepEqual(await applying, { outcome: 'applied' })
    assert.equal(served(table), 'one')
    assert.ok(table.hasApi(api))
    assert.equal(table.find(api, 'Prod' as StageName), undefined)
    assert.equal(table.find('other' as RestApiId, prod), undefined)
  })

  test('swaps the snapshot and leaves the old one to those who have it', async () => {
    const { table, definitions } = newTable()
    await table.apply(stage(1, definitions.add('one'), { variables: { v: '1' } }))
    const before = table.find(api, prod)
    await table.apply(stage(2, definitions.add('two'), { variables: { v: '2' } }))
    assert.equal(before?.base.deployment.apiName, 'one')
    assert.equal(before?.base.variables['v'], '1')
    assert.ok(before?.base.deployment.router.match('GET', '/one'))
    assert.equal(served(table), 'two')
  })

  test('compiles nothing when a variable changes', async () => {
    const { table, definitions } = newTable()
    const hash = definitions.add('one')
    await table.apply(stage(1, hash))
    const before = table.find(api, prod)?.base.deployment
    await table.apply(stage(2, hash, { variables: { v: '2' } }))
    assert.equal(table.find(api, prod)?.base.deployment, before)
    assert.equal(table.find(api, prod)?.base.variables['v'], '2')
    assert.deepEqual(definitions.loads, [hash])
  })

  test('shares one compiled deployment among stages and canaries, loaded once', async () => {
    const { table, definitions } = newTable()
    const [one, two] = [definitions.add('one'), definitions.add('two')]
    await Promise.all([
      table.apply(stage(1, one, canary(two))),
      table.apply(stage(1, two, { stageName: 'dev' as StageName, ...canary(two) })),
      table.apply(stage(1, one, { stageName: 'test' as StageName })),
    ])
    assert.deepEqual(definitions.loads.toSorted(), [one, two].toSorted())
    const [prodStage, dev] = [prod, 'dev' as StageName].map((name) => table.find(api, name))
    assert.equal(prodStage?.canary?.variant.deployment, dev?.base.deployment)
    assert.equal(dev?.canary?.variant.deployment, dev?.base.deployment)
    assert.deepEqual(table.counts(), { stages: 3, deployments: 2 })
  })

  test('lets a deployment go when no stage refers to it any more', async () => {
    const { table, definitions } = newTable()
    const [one, two] = [definitions.add('one'), definitions.add('two')]
    await table.apply(stage(1, one, canary(two)))
    await table.apply(stage(2, one))
    assert.deepEqual(table.counts(), { stages: 1, deployments: 1 })
    await table.apply(stage(3, two))
    assert.deepEqual(table.counts(), { stages: 1, deployments: 1 })
    await table.apply(removal(4))
    assert.deepEqual(table.counts(), { stages: 0, deployments: 0 })
    assert.equal(table.hasApi(api), false)
    await table.apply(stage(5, two))
    assert.deepEqual(definitions.loads, [one, two, two, two])
  })

  test('ignores what is not newer than what is served', async () => {
    const { table, definitions } = newTable()
    await table.apply(stage(5, definitions.add('five')))
    const loads = definitions.loads.length
    assert.equal(await outcome(table.apply(stage(4, definitions.add('four')))), 'ignored')
    assert.equal(await outcome(table.apply(stage(5, definitions.add('other')))), 'ignored')
    assert.equal(await outcome(table.apply(removal(5))), 'ignored')
    assert.equal(definitions.loads.length, loads)
    assert.equal(served(table), 'five')
  })

  test('ignores a change that a newer one has overtaken', async () => {
    const { table, definitions } = newTable()
    const slow = definitions.add('slow')
    const release = definitions.holdBack(slow)
    const overtaken = table.apply(stage(1, slow))
    assert.equal(await outcome(table.apply(stage(2, definitions.add('fast')))), 'applied')
    release()
    assert.equal(await outcome(overtaken), 'ignored')
    assert.equal(served(table), 'fast')
    assert.deepEqual(table.counts(), { stages: 1, deployments: 1 })
  })

  test('does not bring a removed stage back', async () => {
    const { table, definitions } = newTable()
    const slow = definitions.add('slow')
    const release = definitions.holdBack(slow)
    const late = table.apply(stage(2, slow))
    assert.equal(await outcome(table.apply(removal(3))), 'applied')
    release()
    assert.equal(await outcome(late), 'ignored')
    assert.equal(await outcome(table.apply(stage(1, slow))), 'ignored')
    assert.equal(await outcome(table.apply(removal(2))), 'ignored')
    assert.deepEqual(table.counts(), { stages: 0, deployments: 0 })
    assert.equal(await outcome(table.apply(stage(4, slow))), 'applied')
    assert.equal(served(table), 'slow')
  })

  test('serves nothing after a reset, whatever is under way', async () => {
    const { table, definitions } = newTable()
    await table.apply(stage(6, definitions.add('one'), { stageName: 'dev' as StageName }))
    await table.apply(removal(7))
    const slow = definitions.add('slow')
    const release = definitions.holdBack(slow)
    const late = table.apply(stage(8, slow, { stageName: 'dev' as StageName }))
    assert.equal(await outcome(table.apply({ kind: 'reset' })), 'applied')
    release()
    assert.equal(await outcome(late), 'ignored')
    assert.deepEqual(table.counts(), { stages: 0, deployments: 0 })
    // Revisions may begin anew.
    assert.equal(await outcome(table.apply(stage(1, definitions.add('new')))), 'applied')
  })

  test('goes on serving the old deployment when the new one cannot be had', async () => {
    const { table, definitions } = newTable()
    await table.apply(stage(1, definitions.add('good')))
    const missing = hashOf('missing')
    assert.deepEqual(await table.apply(stage(2, missing)), {
      outcome: 'failed',
      detail: `no definition ${missing}`,
    })
    assert.equal(
      await outcome(table.apply(stage(3, definitions.add('x'), canary(missing)))),
      'failed',
    )
    assert.equal(served(table), 'good')
    assert.deepEqual(table.counts(), { stages: 1, deployments: 1 })
    assert.equal(await outcome(table.apply(stage(4, definitions.add('better')))), 'applied')
  })

  test('goes on serving the old deployment when the new one does not compile', async () => {
    const bytes = new TextEncoder().encode('{"format":2}\n')
    const { definitions } = newTable()
    const bad = hashOf('bad')
    const table = createStageTable({
      source: {
        loadDefinition: (hash) =>
          hash === bad ? Promise.resolve(bytes) : definitions.loadDefinition(hash),
      },
      clock: new VirtualClock(),
      yieldToOthers: () => Promise.resolve(),
    })
    await table.apply(stage(1, definitions.add('good')))
    assert.deepEqual(await table.apply(stage(2, bad)), {
      outcome: 'failed',
      detail: 'definition has format 2; this version reads 1',
    })
    assert.equal(served(table), 'good')
    const next = definitions.add('next')
    assert.equal(await outcome(table.apply(stage(3, next))), 'applied')
    assert.equal(served(table), 'next')
  })

  test('names to the operator what it cannot run, once for each reason', async () => {
    const lines: unknown[] = []
    const quiet = () => assert.fail('only warnings are written')
    const stream = 'arn:aws:apigateway:us-east-1:firehose:action/PutRecord'
    const bytes = encodeDefinition(
      apiDefinitionOf({
        methods: {
          'GET /a': { integration: { type: 'AWS_PROXY', uri: stream } },
          'GET /b': { integration: { type: 'AWS_PROXY', uri: stream } },
          'GET /c': { integration: {} },
        },
      }),
    )
    const table = createStageTable({
      source: { loadDefinition: () => Promise.resolve(bytes) },
      clock: new VirtualClock(),
      yieldToOthers: () => Promise.resolve(),
      log: { info: quiet, error: quiet, warn: (event, fields) => lines.push([event, fields]) },
    })
    await table.apply(stage(1, hashOf('a')))
    await table.apply(stage(2, hashOf('a'), { variables: { v: '1' } }))
    assert.equal(lines.length, 1)
    assert.deepEqual(lines[0], [
      'method-not-run',
      {
        restApiId: api,
        method: 'GET /a',
        count: 2,
        declaredType: 'AWS_PROXY',
        reason: 'service firehose is not built yet',
      },
    ])
  })

  test('compiles one definition at a time', async () => {
    const { definitions } = newTable()
    let inSlice = 0
    let most = 0
    const clock = new VirtualClock()
    const table = createStageTable({
      source: definitions,
      clock: { nowMs: () => 0, sleep: (ms) => clock.sleep(ms), monotonicMs: () => (ticks += 100) },
      async yieldToOthers() {
        most = Math.max(most, ++inSlice)
        await new Promise((resolve) => setImmediate(resolve))
        inSlice--
      },
    })
    let ticks = 0
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        table.apply(stage(1, definitions.add(name), { stageName: name as StageName })),
      ),
    )
    assert.equal(most, 1)
    assert.equal(table.counts().deployments, 3)
  })

  test('ends with the newest change, in whatever order changes come and are ready', async () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom('stage', 'stage', 'removed'),
        name: fc.constantFrom('a', 'b', 'c'),
        isLate: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (list, order) => {
        const { table, definitions } = newTable()
        const changes = list.map(({ kind, name, isLate }, i) => {
          const hash = definitions.add(name)
          return { isLate, hash, change: kind === 'stage' ? stage(i + 1, hash) : removal(i + 1) }
        })
        const shuffled = changes
          .map((change) => ({ change, at: order.next().value }))
          .toSorted((one, other) => one.at - other.at)
        const releases: (() => void)[] = []
        const acks = shuffled.map(({ change: { change, isLate, hash } }) => {
          if (isLate) releases.push(definitions.holdBack(hash))
          return table.apply(change)
        })
        for (const release of releases.toReversed()) release()
        await Promise.all(acks)
        const last = list.at(-1)
        assert.equal(served(table), last?.kind === 'stage' ? last.name : undefined)
        const stages = last?.kind === 'stage' ? 1 : 0
        assert.deepEqual(table.counts(), { stages, deployments: stages })
      }),
      { numRuns: 300 },
    )
  })
})
