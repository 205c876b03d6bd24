import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonValue } from '../../base/json.ts'
import {
  findOverriddenStatus,
  overriddenRequestParameters,
  overriddenResponseHeaders,
} from './overrides.ts'

const overridesOf = (responseOverride: JsonValue, requestOverride: JsonValue = {}) => ({
  requestOverride,
  responseOverride,
})

describe('overriddenRequestParameters()', () => {
  test('gives texts, several for a list, and leaves out what is nothing', () => {
    const header = { a: 'text', b: 1.5, c: true, d: null, e: ['x', null, 2], f: { g: [1] }, h: [] }
    assert.deepEqual(overriddenRequestParameters(overridesOf({}, { header }), 'header'), [
      { name: 'a', values: ['text'] },
      { name: 'b', values: ['1.5'] },
      { name: 'c', values: ['true'] },
      { name: 'e', values: ['x', '2'] },
      { name: 'f', values: ['{"g":[1]}'] },
    ])
  })

  test('finds nothing where a template left no map', () => {
    for (const override of ['text', null, [], { header: 'text' }, { header: null }]) {
      assert.deepEqual(overriddenRequestParameters(overridesOf({}, override), 'header'), [])
      assert.deepEqual(overriddenResponseHeaders(overridesOf(override)), [])
    }
  })
})

describe('findOverriddenStatus()', () => {
  test('takes integers from 200 to 599', () => {
    for (const status of [200, 444, 599]) {
      assert.equal(findOverriddenStatus(overridesOf({ status })), status)
    }
    for (const status of [100, 199, 600, -1, 200.5, '200', null, [200], {}]) {
      assert.equal(findOverriddenStatus(overridesOf({ status })), undefined)
    }
    for (const override of [null, 'text', []]) {
      assert.equal(findOverriddenStatus(overridesOf(override)), undefined)
    }
  })
})
