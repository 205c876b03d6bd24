import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HeaderFields } from '../base/header-fields.ts'
import type { Call } from './call.ts'
import { methodRequestFields } from './method-request-fields.ts'

interface Given {
  readonly headers: HeaderFields
  readonly host?: string
  readonly isTest?: boolean
  readonly traceId?: string
}

function fieldsOf({ headers, host = 'pets.example', isTest = false, traceId }: Given) {
  const call = { incoming: { headers, host, sourceIp: '192.0.2.7' }, isTest, traceId }
  // Nothing else of a call is read.
  return methodRequestFields(call as unknown as Call)
}

describe('methodRequestFields()', () => {
  test('leaves whole pairs out, and keeps order, case and repetition of the rest', () => {
    const headers = ['A', '1', 'connection', 'a', 'a', 'Connection', 'Expect', 'x', 'A', '2']
    assert.deepEqual(fieldsOf({ headers }).slice(0, 6), ['A', '1', 'a', 'Connection', 'A', '2'])
  })

  test('adds where the request came from', () => {
    assert.deepEqual(fieldsOf({ headers: [] }), [
      ...['X-Forwarded-For', '192.0.2.7'],
      ...['X-Forwarded-Port', '80'],
      ...['X-Forwarded-Proto', 'http'],
    ])
  })

  test('puts the client behind those that it speaks for, and believes its port and protocol', () => {
    const headers = [
      ...['x-forwarded-for', '203.0.113.5'],
      ...['X-Forwarded-Proto', 'https'],
      ...['X-Forwarded-For', '192.0.2.7'],
      ...['X-Forwarded-Port', '443'],
    ]
    assert.deepEqual(fieldsOf({ headers }), [
      ...['X-Forwarded-For', '203.0.113.5, 192.0.2.7, 192.0.2.7'],
      ...['X-Forwarded-Port', '443'],
      ...['X-Forwarded-Proto', 'https'],
    ])
  })

  test('takes the port of the host', () => {
    const portFor = (host: string) => fieldsOf({ headers: [], host })[3]
    assert.equal(portFor('pets.example:4566'), '4566')
    assert.equal(portFor('[::1]:4566'), '4566')
    assert.equal(portFor('[::1]'), '80')
  })

  test('has one trace: the gateway’s, else the client’s', () => {
    const headers = ['x-amzn-trace-id', 'Root=1-a']
    assert.deepEqual(fieldsOf({ headers }).slice(0, 2), headers)
    const { length, ...fields } = fieldsOf({ headers, traceId: 'Root=1-b' })
    assert.equal(length, 8)
    assert.deepEqual([fields[0], fields[1]], ['X-Amzn-Trace-Id', 'Root=1-b'])
  })

  test('adds nothing to a test', () => {
    const headers = ['X-Forwarded-For', '203.0.113.5', 'A', '1']
    assert.deepEqual(fieldsOf({ headers, isTest: true }), headers)
  })
})
