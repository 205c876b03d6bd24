import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultQuotas } from '../../../aws/limits.ts'
import { checkTags, customIdOf } from './tag-rules.ts'

const check = (tags: Record<string, string>) => checkTags(tags, defaultQuotas)

describe('checkTags()', () => {
  test('takes letters of any script, digits, blanks and + - = . _ : / @', () => {
    check({ 'Kosten stelle': 'Ünï 12', 'a+-=._:/@': '', Straße: '日本', _custom_id_: 'x' })
  })

  test('takes keys of 128 characters and values of 256, and no more', () => {
    check({ ['k'.repeat(128)]: 'v'.repeat(256) })
    assert.throws(() => check({ ['k'.repeat(129)]: '' }), { message: /^Invalid tag key: k/ })
    assert.throws(() => check({ k: 'v'.repeat(257) }), { message: /^Invalid tag value: v/ })
  })

  test('counts them before it looks at one, so that thousands cost nothing', () => {
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`<${index}>`, '']))
    assert.throws(() => check(tags), { code: 'LimitExceededException', message: /^Maximum number/ })
  })

  for (const key of ['', 'a*', 'a\n', '<b>', 'a,b']) {
    test(`refuses the key ${JSON.stringify(key)}`, () => {
      assert.throws(() => check({ [key]: '' }), { code: 'BadRequestException' })
    })
  }

  test('refuses keys that AWS keeps for itself, in any case', () => {
    for (const key of ['aws:x', 'AWS:x', 'Aws:']) {
      assert.throws(() => check({ [key]: '' }), { message: /^Invalid tag key\. Tag keys cannot/ })
    }
  })
})

describe('customIdOf()', () => {
  test('is the value of _custom_id_, undefined without that tag', () => {
    assert.equal(customIdOf({ _custom_id_: '1234567890' }), '1234567890')
    assert.equal(customIdOf({ other: 'x' }), undefined)
    assert.equal(customIdOf({}), undefined)
  })

  for (const id of ['a', 'my-api', '0', 'a'.repeat(63)]) {
    test(`takes ${id}`, () => assert.equal(customIdOf({ _custom_id_: id }), id))
  }
  for (const id of ['', 'A', '-a', 'a-', 'a_b', 'a.b', 'a'.repeat(64), 'ü', '*', 'a b']) {
    test(`refuses ${JSON.stringify(id)}`, () => {
      assert.throws(() => customIdOf({ _custom_id_: id }), { code: 'BadRequestException' })
    })
  }
})
