import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiDefinitionOf, stageDeclarationOf } from '../../test/support/api-definition.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { DeploymentId } from '../aws/identifiers.ts'
import { compileDeployment } from '../snapshot/compile-deployment.ts'
import { stageSnapshotOf } from '../snapshot/stage-snapshot-of.ts'
import { drawVariant } from './draw-variant.ts'

const deployment = compileDeployment(apiDefinitionOf({ methods: {} }))

function stageWithCanary(percentTraffic: number) {
  const { definitionHash } = deployment
  const declaration = stageDeclarationOf({
    definitionHash,
    canary: {
      deploymentId: 'dep002' as DeploymentId,
      definitionHash,
      percentTraffic,
      stageVariableOverrides: {},
      useStageCache: false,
    },
  })
  return stageSnapshotOf(declaration, { base: deployment, canary: deployment })
}

const requestsCount = 1_000_000
/** Between so many standard deviations lie 99.9 percent of a normal distribution. */
const deviations = 3.2905

describe('drawVariant()', () => {
  for (const [seed, percentTraffic] of [0, 0.1, 10, 50, 100].entries()) {
    test(`gives the canary ${percentTraffic} percent of a million requests`, () => {
      const stage = stageWithCanary(percentTraffic)
      const random = seededRandom(seed + 1)
      let canariesCount = 0
      for (let i = 0; i < requestsCount; i += 1) {
        if (drawVariant(stage, random).isCanary) canariesCount += 1
      }
      const share = percentTraffic / 100
      const expected = requestsCount * share
      const band = deviations * Math.sqrt(requestsCount * share * (1 - share))
      assert.ok(
        Math.abs(canariesCount - expected) <= band,
        `${canariesCount} of ${expected}, give or take ${band}`,
      )
    })
  }

  test('gives a stage without a canary its own deployment, and draws nothing', () => {
    const stage = stageSnapshotOf(
      stageDeclarationOf({ definitionHash: deployment.definitionHash }),
      { base: deployment, canary: undefined },
    )
    const fraction = () => assert.fail('nothing is drawn')
    assert.equal(drawVariant(stage, { fraction }), stage.base)
  })
})
