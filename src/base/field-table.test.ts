import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fieldTable } from './field-table.ts'

describe('fieldTable()', () => {
  const table = fieldTable([
    ['Connection', 1],
    ['Content-MD5', 2],
    ['TE', 3],
    ['X-First', 4],
    ['X-Fifth', 5],
  ])

  for (const [name, value] of [
    ['Connection', 1],
    ['connection', 1],
    ['CONNECTION', 1],
    ['content-md5', 2],
    ['Te', 3],
    ['x-first', 4],
    ['x-fifth', 5],
  ] as const) {
    test(`find() knows ${name}`, () => assert.equal(table.find(name), value))
  }

  for (const name of ['', 'T', 'X', 'Cxnnection', 'X-Sixth', 'X-Firs', 'é', 'x'.repeat(5000)]) {
    test(`find() does not know ${name.slice(0, 20) || 'the empty name'}`, () => {
      assert.equal(table.find(name), undefined)
    })
  }

  test('find() tells fields apart that share length and first letter', () => {
    assert.notEqual(table.find('x-first'), table.find('X-FIFTH'))
  })
})
