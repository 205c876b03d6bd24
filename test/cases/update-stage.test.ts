import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ServiceError } from '../../src/aws/service-error.ts'
import type { PatchOperation, Stage } from '../../src/aws/models/apigateway-types.ts'
import { stages } from '../../src/control-plane/apigateway/stages/stages.ts'
import { keys, type AccountRecord, type StageRecord } from '../../src/control-plane/apigateway/records.ts'
import { testApiGateway } from '../support/api-gateway-context.ts'
import { restApiId, seedStage, stageName } from '../support/seeded-stage.ts'

/**
 * What UpdateStage does to a stage: a file for each behaviour, with the stage before (members over those of
 * a new stage), the operations, and the whole answer or the whole refusal.
 */
interface UpdateStageCase {
  readonly behaviour: string
  readonly provenance: { readonly kind: string; readonly source: string }
  readonly stage?: Partial<StageRecord>
  readonly account?: AccountRecord
  readonly quotas?: { readonly stageVariablesPerStage: number }
  readonly patchOperations: readonly PatchOperation[]
  readonly after?: Stage
  readonly error?: { readonly code: string; readonly status: number; readonly message: string }
}

const folder = join(dirname(fileURLToPath(import.meta.url)), 'update-stage')
const files = globSync('*.json', { cwd: folder }).toSorted()

async function runCase(given: UpdateStageCase): Promise<void> {
  const { context, published } = testApiGateway({ quotas: given.quotas ?? {} })
  const before = await seedStage(context, given.stage)
  if (given.account !== undefined) {
    const write = { key: keys.account(context.scope), value: { ...given.account } }
    await context.store.commit({ expected: [], writes: [write] })
  }
  const { patchOperations } = given
  const call = stages.UpdateStage({ restApiId, stageName, patchOperations }, context)
  const key = keys.stage(context.scope, restApiId, stageName)
  if (given.error !== undefined) {
    const refused = await call.then(
      (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
      (error: unknown) => error,
    )
    assert.ok(refused instanceof ServiceError, String(refused))
    const { code, status, message } = refused
    assert.deepEqual({ code, status, message }, given.error)
    assert.deepEqual((await context.store.get(key))?.value, before)
    assert.deepEqual(published, [])
    return
  }
  assert.deepEqual(JSON.parse(JSON.stringify(await call)), given.after)
  const shown = await stages.GetStage({ restApiId, stageName }, context)
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), given.after)
  const [change, ...rest] = published
  assert.deepEqual(rest, [])
  assert.ok(change?.kind === 'stage')
  assert.equal(change.stage.revision, (await context.store.get(key))?.revision)
}

describe('UpdateStage', () => {
  for (const file of files) {
    const given: UpdateStageCase = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    test(`${basename(file, '.json')}: ${given.behaviour}`, async () => {
      assert.match(given.provenance.kind, /^(Documented|Observed|Chosen)$/)
      assert.notEqual(given.provenance.source, '')
      await runCase(given)
    })
  }

  test('has a case for each of its behaviours', () => {
    assert.ok(files.length >= 130, `${files.length} cases`)
  })
})
