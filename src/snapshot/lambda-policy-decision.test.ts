import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mayInvoke, type InvokingService } from './lambda-policy-decision.ts'
import type { LambdaPolicyStatement } from './lambda-policy.ts'

const apiArn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234'
const caller: InvokingService = {
  service: 'apigateway.amazonaws.com',
  sourceArn: `${apiArn}/prod/ANY/{proxy+}`,
  sourceAccount: '123456789012',
}
const usual: LambdaPolicyStatement = {
  sid: 'a',
  action: 'lambda:InvokeFunction',
  principal: { kind: 'service', service: 'apigateway.amazonaws.com' },
  sourceArn: `${apiArn}/*/*`,
}

describe('mayInvoke()', () => {
  test('is false without statements', () => {
    assert.equal(mayInvoke(undefined, caller), false)
    assert.equal(mayInvoke([], caller), false)
  })

  test('is true when one of several statements allows', () => {
    const other = { ...usual, sourceArn: `${apiArn}/test/*` }
    assert.equal(mayInvoke([other, usual], caller), true)
  })

  for (const [what, changes, expected] of [
    ['a fitting source', {}, true],
    ['any source', { sourceArn: undefined }, true],
    ['another stage', { sourceArn: `${apiArn}/test/*` }, false],
    ['a verb where the method is ANY', { sourceArn: `${apiArn}/prod/GET/*` }, false],
    ['its account', { sourceAccount: '123456789012' }, true],
    ['another account', { sourceAccount: '210987654321' }, false],
    ['all actions of Lambda', { action: 'lambda:*' }, true],
    ['all actions', { action: '*' }, true],
    ['the action in another case', { action: 'LAMBDA:invokefunction' }, true],
    ['another action', { action: 'lambda:GetFunction' }, false],
    ['an action that begins alike', { action: 'lambda:InvokeFunctionUrl' }, false],
    ['another service', { principal: { kind: 'service', service: 's3.amazonaws.com' } }, false],
    ['anyone', { principal: { kind: 'anyone' } }, true],
    ['an account', { principal: { kind: 'aws', arn: 'arn:aws:iam::123456789012:root' } }, false],
    ['an organisation', { principalOrgId: 'o-1234567890' }, false],
    ['a function URL', { invokedViaFunctionUrl: true }, false],
    ['anything but a function URL', { invokedViaFunctionUrl: false }, true],
    ['a kind of function URL', { functionUrlAuthType: 'NONE' }, false],
    ['a token', { eventSourceToken: 'token' }, false],
  ] as const) {
    test(`is ${expected} for a statement of ${what}`, () => {
      // Each row is a statement that differs from a whole one in one member.
      const statement = { ...usual, ...changes } as LambdaPolicyStatement
      assert.equal(mayInvoke([statement], caller), expected)
    })
  }
})
