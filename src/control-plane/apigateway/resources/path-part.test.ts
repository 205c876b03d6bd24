import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkPathPart, childPath, isGreedy, siblingName } from './path-part.ts'

describe('checkPathPart()', () => {
  for (const part of [
    'pets',
    'v1.0',
    'a_b',
    'a-b',
    '-',
    '.',
    '..',
    'a:b',
    'a,b',
    '{id}',
    '{proxy+}',
  ]) {
    test(`takes ${part}`, () => checkPathPart(part))
  }
  const refused = ['', ' ', 'a b', 'a/b', 'a%20b', 'a*', '{}', '{+}', '{a', 'a}', '{a}b', '{{a}}']
  for (const part of [...refused, '{a+b}', '{a}+', '{a,b}', 'a\n', '$default', 'ü']) {
    test(`refuses ${JSON.stringify(part)}`, () => {
      assert.throws(() => checkPathPart(part), { message: /^Resource's path part only allow/ })
    })
  }
})

test('siblingName() gives all variables one name, and every other part its own', () => {
  assert.equal(siblingName('{id}'), siblingName('{proxy+}'))
  assert.equal(siblingName('pets'), 'pets')
})

test('isGreedy() is true for {name+} alone', () => {
  assert.deepEqual(['{a+}', '{a}', 'a'].map(isGreedy), [true, false, false])
})

test('childPath() joins with one slash', () => {
  assert.equal(childPath('/', 'a'), '/a')
  assert.equal(childPath('/a', '{b}'), '/a/{b}')
})
