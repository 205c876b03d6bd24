import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyBody } from '../../base/body.ts'
import type { UpstreamRequest } from '../../ports/upstream.ts'
import { OriginPools } from './origin-pools.ts'
import { defaultUpstreamLimits } from './upstream-options.ts'

function pools(originsMax: number): OriginPools {
  const dial = () => assert.fail('nothing is dialled')
  return new OriginPools(dial, { ...defaultUpstreamLimits, originsMax })
}

function to(hostname: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    origin: { protocol: 'http:', hostname, port: 80 },
    method: 'GET',
    target: '/',
    headers: [],
    body: emptyBody,
    timeoutMs: 1000,
    ...more,
  }
}

describe('OriginPools', () => {
  test('gives one pool for each protocol, host, port and trust', () => {
    const all = pools(10)
    const https = { origin: { protocol: 'https:', hostname: 'a', port: 80 } } as const
    const tls = { insecureSkipVerification: false }
    const as = (name: string) => ({
      ...https,
      tls: { ...tls, clientCertificate: { certificatePem: name, privateKeyPem: name } },
    })
    const requests = [
      to('a'),
      to('b'),
      to('a', { origin: { protocol: 'http:', hostname: 'a', port: 81 } }),
      to('a', https),
      to('a', { ...https, tls: { insecureSkipVerification: true } }),
      to('a', as('one')),
      to('a', as('two')),
    ]
    const first = requests.map((request) => all.get(request))
    assert.equal(new Set(first).size, requests.length)
    assert.deepEqual(
      requests.map((request) => all.get(request)),
      first,
    )
    assert.equal(all.get(to('a', { ...https, tls: { insecureSkipVerification: false } })), first[3])
    all.stopSweeping()
  })

  test('forgets a pool without connections at a sweep', () => {
    const all = pools(10)
    const first = all.get(to('a'))
    all.sweep(0)
    assert.notEqual(all.get(to('a')), first)
    all.stopSweeping()
  })

  test('forgets the least recently used pool that carries nothing, above its bound', () => {
    const all = pools(2)
    const a = all.get(to('a'))
    const b = all.get(to('b'))
    a.lastUsedMs = 2
    b.lastUsedMs = 1
    all.get(to('c'))
    assert.equal(all.get(to('a')), a)
    assert.notEqual(all.get(to('b')), b)
    all.stopSweeping()
  })
})
