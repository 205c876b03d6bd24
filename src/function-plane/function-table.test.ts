import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { functionDeclaration, functionScope } from '../../test/support/function-declarations.ts'
import { createFunctionTable, functionKey } from './function-table.ts'

const key = functionKey({ ...functionScope, functionName: 'hello' })
const removed = (revision: number) =>
  ({ kind: 'function-removed', ...functionScope, functionName: 'hello', revision }) as const
const declared = (revision: number) =>
  ({ kind: 'function', function: functionDeclaration({ revision }) }) as const

describe('createFunctionTable()', () => {
  test('knows the newest declaration, whatever the order', () => {
    const table = createFunctionTable()
    assert.equal(table.apply(declared(2)), true)
    assert.equal(table.apply(declared(1)), false)
    assert.equal(table.apply(declared(2)), false)
    assert.equal(table.find(key)?.revision, 2)
  })

  test('does not bring a function back by a change older than its removal', () => {
    const table = createFunctionTable()
    table.apply(declared(1))
    assert.equal(table.apply(removed(3)), true)
    assert.equal(table.apply(declared(2)), false)
    assert.equal(table.find(key), undefined)
    assert.equal(table.apply(declared(4)), true)
    assert.equal(table.find(key)?.revision, 4)
  })

  test('drops a removal that is older than the declaration', () => {
    const table = createFunctionTable()
    table.apply(declared(5))
    assert.equal(table.apply(removed(4)), false)
    assert.ok(table.find(key))
  })

  test('forgets everything when it is cleared', () => {
    const table = createFunctionTable()
    table.apply(removed(9))
    table.clear()
    assert.equal(table.apply(declared(1)), true)
  })
})
