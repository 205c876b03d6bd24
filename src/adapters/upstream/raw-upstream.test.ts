import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upstreamContract } from '../../../test/contracts/upstream.ts'
import { emptyBody } from '../../base/body.ts'
import { createRawUpstream } from './raw-upstream.ts'

upstreamContract('the raw upstream', {
  create: createRawUpstream,
  sendsFieldsVerbatim: true,
  skips100: true,
  keepsAfterHead: true,
})

test('the raw upstream refuses an https: origin', async () => {
  const upstream = createRawUpstream()
  const outcome = await upstream.exchange({
    origin: { protocol: 'https:', hostname: '127.0.0.1', port: 443 },
    method: 'GET',
    target: '/',
    headers: ['Host', 'a'],
    body: emptyBody,
    timeoutMs: 1000,
  })
  assert.equal(outcome.outcome, 'invalid')
})
