import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  functionArn,
  functionDeclaration,
  functionVersion,
} from '../../test/support/function-declarations.ts'
import { functionKey } from './function-table.ts'
import { resolveFunction } from './resolve-function.ts'

const declaration = functionDeclaration({
  versions: [functionVersion('$LATEST'), functionVersion('1'), functionVersion('2')],
  aliases: [
    { name: 'DEV', functionVersion: '$LATEST' },
    {
      name: 'PROD',
      functionVersion: '1',
      additionalVersion: { version: '2', weight: 0.25 },
    },
    { name: 'OLD', functionVersion: '7' },
  ],
})
const find = (key: string) => (key === functionKey(declaration) ? declaration : undefined)

describe('resolveFunction()', () => {
  for (const [qualifier, version] of [
    [undefined, '$LATEST'],
    ['$LATEST', '$LATEST'],
    ['1', '1'],
    ['DEV', '$LATEST'],
    ['PROD', '1'],
  ] as const) {
    test(`gives version ${version} for ${qualifier ?? 'no qualifier'}`, () => {
      const resolved = resolveFunction(functionArn('hello', qualifier), find)
      assert.equal(resolved.outcome, 'resolved')
      if (resolved.outcome !== 'resolved') return
      assert.equal(resolved.version.version, version)
      assert.equal(resolved.qualifier, qualifier ?? '')
    })
  }

  test('gives both versions of a weighted alias', () => {
    const resolved = resolveFunction(functionArn('hello', 'PROD'), find)
    assert.equal(resolved.outcome === 'resolved' && resolved.additional?.version.version, '2')
    assert.equal(resolved.outcome === 'resolved' && resolved.additional?.weight, 0.25)
  })

  for (const arn of [
    functionArn('unknown'),
    functionArn('hello', '3'),
    functionArn('hello', 'constructor'),
    functionArn('hello', 'OLD'),
    functionArn('hello').replace('us-east-1', 'eu-west-1'),
    functionArn('hello').replace('123456789012', '210987654321'),
  ]) {
    test(`finds nothing at ${arn}`, () => {
      assert.deepEqual(resolveFunction(arn, find), {
        outcome: 'refused',
        status: 404,
        code: 'ResourceNotFoundException',
        message: `Function not found: ${arn}`,
      })
    })
  }

  for (const arn of [
    '',
    'hello',
    'arn:aws:lambda:us-east-1:123456789012:function:',
    'arn:aws:lambda:us-east-1::function:hello',
    'arn:aws:lambda::123456789012:function:hello',
    'arn:aws:sns:us-east-1:123456789012:function:hello',
    `${functionArn('hello')}:`,
    `${functionArn('hello')}:a:b`,
    functionArn('hello/there'),
    functionArn('x'.repeat(10_000)),
  ]) {
    test(`refuses ${arn.slice(0, 60) || 'nothing'} as no ARN of a function`, () => {
      const refused = resolveFunction(arn, find)
      assert.equal(refused.outcome, 'refused')
      if (refused.outcome !== 'refused') return
      assert.equal(refused.code, 'ValidationException')
      assert.ok(refused.message.length < 1_200)
    })
  }
})
