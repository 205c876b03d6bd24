import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiDefinitionOf, hashOf, stageDeclarationOf } from '../../test/support/api-definition.ts'
import type { DeploymentId } from '../aws/identifiers.ts'
import { compileDeployment } from './compile-deployment.ts'
import { stageSnapshotOf } from './stage-snapshot-of.ts'

const deployment = (name: string) =>
  compileDeployment(apiDefinitionOf({ methods: {}, api: { name } }))

describe('stageSnapshotOf()', () => {
  test('lays the variables of the stage over its deployment', () => {
    const base = deployment('base')
    const declaration = stageDeclarationOf({
      definitionHash: base.definitionHash,
      variables: { a: '1' },
    })
    const snapshot = stageSnapshotOf(declaration, { base, canary: undefined })
    assert.deepEqual(snapshot, {
      declaration,
      base: { deploymentId: 'dep001', deployment: base, variables: { a: '1' }, isCanary: false },
      canary: undefined,
      methodSettings: { own: new Map(), ofAll: undefined },
      userAgent: `AmazonAPIGateway_${declaration.restApiId}`,
    })
    assert.equal(snapshot.base.deployment, base)
    assert.ok(Object.isFrozen(snapshot) && Object.isFrozen(snapshot.base))
    assert.ok(Object.isFrozen(snapshot.base.variables) && Object.isFrozen(declaration))
  })

  // Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
  test('lays the overrides of a canary over the variables of the stage, for the canary alone', () => {
    const [base, canary] = [deployment('base'), deployment('canary')]
    const snapshot = stageSnapshotOf(
      stageDeclarationOf({
        definitionHash: base.definitionHash,
        variables: { a: '1', b: '2' },
        canary: {
          deploymentId: 'dep002' as DeploymentId,
          definitionHash: canary.definitionHash,
          percentTraffic: 12.5,
          stageVariableOverrides: { b: '3', c: '4', ...JSON.parse('{"__proto__":"5"}') },
          useStageCache: false,
        },
      }),
      { base, canary },
    )
    assert.deepEqual(snapshot.base.variables, { a: '1', b: '2' })
    assert.equal(snapshot.canary?.percentTraffic, 12.5)
    assert.deepEqual(Object.entries(snapshot.canary.variant.variables), [
      ['a', '1'],
      ['b', '3'],
      ['c', '4'],
      ['__proto__', '5'],
    ])
    assert.equal(snapshot.canary.variant.deployment, canary)
    assert.equal(snapshot.canary.variant.deploymentId, 'dep002')
    assert.ok(
      snapshot.canary.variant.isCanary && Object.isFrozen(snapshot.canary.variant.variables),
    )
  })

  test('serves no canary that the declaration does not have', () => {
    const base = deployment('base')
    const declaration = stageDeclarationOf({ definitionHash: hashOf('a') })
    assert.equal(stageSnapshotOf(declaration, { base, canary: base }).canary, undefined)
  })
})
