import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountId, Region, Scope } from '../../aws/identifiers.ts'
import { readFunctionAddress, readFunctionName } from './function-name.ts'

// Both are what the brands stand for.
const scope: Scope = { account: '000000000000' as AccountId, region: 'us-east-1' as Region }

describe('readFunctionAddress()', () => {
  const forms: readonly (readonly [
    FunctionName: string,
    functionName: string,
    qualifier?: string,
  ])[] = [
    ['hello', 'hello'],
    ['hello:live', 'hello', 'live'],
    ['hello:$LATEST', 'hello', '$LATEST'],
    ['function:hello', 'hello'],
    ['function:hello:7', 'hello', '7'],
    ['000000000000:function:hello', 'hello'],
    ['us-east-1:000000000000:function:hello:7', 'hello', '7'],
    ['arn:aws:lambda:us-east-1:000000000000:function:hello', 'hello'],
    ['arn:aws:lambda:us-east-1:000000000000:function:hello:live', 'hello', 'live'],
    ['function', 'function'],
  ]
  for (const [FunctionName, functionName, qualifier] of forms) {
    test(`reads ${FunctionName}`, () => {
      const expected = qualifier === undefined ? { functionName } : { functionName, qualifier }
      assert.deepEqual(readFunctionAddress(scope, { FunctionName }), expected)
    })
  }

  test('takes the same qualifier twice, and an empty one for none', () => {
    const named = { functionName: 'a', qualifier: '1' }
    assert.deepEqual(readFunctionAddress(scope, { FunctionName: 'a:1', Qualifier: '1' }), named)
    assert.deepEqual(readFunctionAddress(scope, { FunctionName: 'a:1', Qualifier: '' }), named)
    assert.deepEqual(readFunctionAddress(scope, { FunctionName: 'a', Qualifier: '1' }), named)
  })

  test('refuses the region before the account, and the account before the qualifier', () => {
    const codeOf = (FunctionName: string) => {
      try {
        readFunctionAddress(scope, { FunctionName, Qualifier: '2' })
        return undefined
      } catch (error) {
        return Reflect.get(Object(error), 'code')
      }
    }
    const arn = (region: string, account: string) =>
      `arn:aws:lambda:${region}:${account}:function:a:1`
    assert.equal(codeOf(arn('eu-west-1', '111111111111')), 'ResourceNotFoundException')
    assert.equal(codeOf(arn('us-east-1', '111111111111')), 'AccessDeniedException')
    assert.equal(codeOf(arn('us-east-1', '000000000000')), 'InvalidParameterValueException')
  })
})

describe('readFunctionName()', () => {
  test('refuses a qualified name', () => {
    assert.equal(readFunctionName(scope, 'hello'), 'hello')
    assert.throws(() => readFunctionName(scope, 'hello:live'), /permitted on Lambda functions only/)
  })
})
