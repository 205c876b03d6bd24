import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isArnLike } from './arn-like.ts'

const arn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/pets/{id}'

describe('isArnLike()', () => {
  for (const [pattern, expected] of [
    [arn, true],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*', true],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/*', true],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/GET/pets/*', true],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/POST/pets/*', false],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/*', false],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef123?/prod/*', true],
    ['arn:aws:execute-api:us-east-1:123456789012:abcdef1234?/prod/*', false],
    ['arn:aws:execute-api:*:*:abcdef1234/*', true],
    ['arn:*:abcdef1234/prod/GET/pets/{id}', false],
    ['arn:aws:execute-api:us-east-1:123456789012:*', true],
    ['arn:aws:execute-api:us-east-1:123456789012:', false],
    ['arn:aws:execute-api:us-east-1:123456789012:ABCDEF1234/*', false],
    ['arn:aws:execute-api:us-east-1:12345678901*2:abcdef1234/*', true],
    ['*', false],
    ['', false],
  ] as const) {
    test(`is ${expected} for ${pattern}`, () => assert.equal(isArnLike(arn, pattern), expected))
  }

  test('takes further colons of the last part as they are', () => {
    const queue = 'arn:aws:lambda:us-east-1:123456789012:function:hello'
    assert.ok(isArnLike(queue, 'arn:aws:lambda:us-east-1:123456789012:function:*'))
    assert.ok(isArnLike(queue, 'arn:aws:lambda:us-east-1:123456789012:f*o'))
  })

  test('tries a star again when what followed it first was not the end', () => {
    assert.ok(isArnLike('a:b:c:d:e:xabxabc', 'a:b:c:d:e:*abc'))
    assert.ok(!isArnLike('a:b:c:d:e:xabxab', 'a:b:c:d:e:*abc'))
  })

  test('ends soon on a pattern that fits almost everywhere', () => {
    const pattern = `a:b:c:d:e:${'*a'.repeat(2_000)}b`
    assert.ok(!isArnLike(`a:b:c:d:e:${'a'.repeat(4_000)}`, pattern))
  })
})
