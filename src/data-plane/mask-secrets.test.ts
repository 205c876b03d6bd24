import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maskFields, maskSecret, maskText, secretsIn } from './mask-secrets.ts'

describe('maskSecret()', () => {
  test('leaves the last six characters of what is long', () => {
    assert.equal(maskSecret('abcdefghijklmnop'), '**********klmnop')
    assert.equal(maskSecret('abcdefghijkl'), '************')
    assert.equal(maskSecret(''), '')
  })
})

describe('maskFields()', () => {
  test('masks by the name of the field, whatever its case', () => {
    const fields = ['AUTHORIZATION', 'abcdefghijklmnop', 'Authorization-Not', 'abcdefghijklmnop']
    assert.deepEqual(maskFields(fields), [
      ...['AUTHORIZATION', '**********klmnop', 'Authorization-Not', 'abcdefghijklmnop'],
    ])
  })
})

describe('maskText()', () => {
  test('finds a secret in a text, as it is and as JSON writes it', () => {
    const secrets = secretsIn(['Authorization', 'a "quoted" secret', 'X', 'other'])
    const text = `a "quoted" secret and ${JSON.stringify({ a: 'a "quoted" secret' })}`
    assert.ok(!maskText(text, secrets).includes('a "quoted'), maskText(text, secrets))
    assert.ok(!maskText(text, secrets).includes('a \\"quoted'), maskText(text, secrets))
    assert.equal(maskText('other', secrets), 'other')
  })
})
