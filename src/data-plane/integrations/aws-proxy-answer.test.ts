import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readProxyAnswer } from './aws-proxy-answer.ts'
import { isHeaderName, isHeaderValue } from './header-rules.ts'

describe('readProxyAnswer()', () => {
  test('gives only what HTTP can carry, whatever JSON it reads', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    const member = fc.oneof(
      scalar,
      fc.dictionary(fc.string(), fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))),
    )
    const answer = fc.record(
      {
        statusCode: member,
        headers: member,
        multiValueHeaders: member,
        body: member,
        isBase64Encoded: member,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(answer, fc.jsonValue()), (value) => {
        const read = readProxyAnswer(JSON.stringify(value))
        if (read.outcome === 'malformed') return assert.ok(read.detail.length > 0)
        const { status, headers } = read.answer
        assert.ok(status >= 200 && status <= 599)
        for (let i = 0; i < headers.length; i += 2) {
          assert.ok(isHeaderName(headers[i] ?? ''))
          assert.ok(isHeaderValue(headers[i + 1] ?? ''))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('repeats no more than the beginning of what is wrong', () => {
    const read = readProxyAnswer(JSON.stringify({ statusCode: 'x'.repeat(1_000) }))
    assert.ok(read.outcome === 'malformed')
    assert.ok(read.detail.length < 200)
  })
})
