import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatAddress, isLoopback, parseAddress } from './listen-address.ts'

describe('parseAddress()', () => {
  const cases: readonly [string, ReturnType<typeof parseAddress>][] = [
    ['0.0.0.0:8080', { host: '0.0.0.0', port: 8080 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['gateway.internal:0', { host: 'gateway.internal', port: 0 }],
    ['8080', undefined],
    [':8080', undefined],
    ['::1:80', undefined],
    ['host:70000', undefined],
    ['host:', undefined],
    ['ho st:1', undefined],
  ]
  for (const [text, expected] of cases) {
    test(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseAddress(text), expected))
  }
})

describe('isLoopback()', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1', 'LOCALHOST']) {
    test(`believes ${host}`, () => assert.equal(isLoopback(host), true))
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'localhost.example.com',
    '127.0.0.1.nip.io',
    '',
  ]) {
    test(`does not believe ${JSON.stringify(host)}`, () => assert.equal(isLoopback(host), false))
  }
})

test('formatAddress() brackets an IPv6 address', () => {
  assert.equal(formatAddress({ host: '::1', port: 80 }), '[::1]:80')
  assert.equal(formatAddress({ host: '127.0.0.1', port: 80 }), '127.0.0.1:80')
})
