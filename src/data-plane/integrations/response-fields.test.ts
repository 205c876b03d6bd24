import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { responseHeaderBytesMax } from '../../aws/limits.ts'
import { responseFields } from './response-fields.ts'

const headers = (bytes: number) => [
  { name: 'X-A', values: ['a'.repeat(bytes - 6)] },
  { name: 'X-B', values: [''] },
]

describe('responseFields()', () => {
  test('takes as many bytes of names and values as there may be, and refuses one more', () => {
    assert.equal(responseFields(headers(responseHeaderBytesMax))[0], 'X-A')
    assert.throws(() => responseFields(headers(responseHeaderBytesMax + 1)), {
      errorName: 'API_CONFIGURATION_ERROR',
      source: 'gateway',
    })
  })

  test('counts a value of several once they are one', () => {
    const values = Array<string>(responseHeaderBytesMax / 2).fill('a')
    assert.throws(() => responseFields([{ name: 'X-', values }]), {
      errorName: 'API_CONFIGURATION_ERROR',
    })
  })
})
