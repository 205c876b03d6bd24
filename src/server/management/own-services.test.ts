import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { textBody } from '../../base/body.ts'
import type { UpstreamRequest } from '../../ports/upstream.ts'
import { createOwnServices } from './own-services.ts'
import type { ForwardedAnswer, ForwardedRequest } from '../workers/worker-messages.ts'

const request: UpstreamRequest = {
  origin: { protocol: 'http:', hostname: 'localhost', port: 80 },
  method: 'POST',
  target: '/restapis?mode=import',
  headers: ['Host', 'localhost'],
  body: textBody('{}'),
  timeoutMs: 10_000,
}

function newOwner() {
  const asked: [plane: string, request: ForwardedRequest][] = []
  const answers: ((answer: ForwardedAnswer) => void)[] = []
  const forward = (plane: string, forwarded: ForwardedRequest) => {
    asked.push([plane, forwarded])
    return new Promise<ForwardedAnswer>((resolve) => answers.push(resolve))
  }
  const answer = (status: number) => {
    answers.shift()?.({ status, headers: ['a', 'b'], body: new TextEncoder().encode('yes') })
  }
  return { asked, forward, answer }
}

describe('createOwnServices()', () => {
  test('asks the control plane, whatever the path is, and hands its answer on', async () => {
    const owner = newOwner()
    const own = createOwnServices(owner, 8)
    const answering = own.exchange({ ...request, target: '/_stagedoor/reset' })
    owner.answer(201)
    const outcome = await answering
    assert.ok(outcome.outcome === 'response')
    assert.deepEqual([outcome.status, outcome.headers], [201, ['a', 'b']])
    assert.equal(Buffer.from(await outcome.body.readAll(9)).toString(), 'yes')
    assert.deepEqual(
      owner.asked.map(([plane, { target, method, body }]) => [plane, target, method, body.length]),
      [['management', '/_stagedoor/reset', 'POST', 2]],
    )
  })

  test('waits as long as the integration does', async () => {
    const own = createOwnServices(newOwner(), 8)
    assert.deepEqual(await own.exchange({ ...request, timeoutMs: 1 }), { outcome: 'timeout' })
  })

  test('asks so much at a time and no more', async () => {
    const owner = newOwner()
    const own = createOwnServices(owner, 1)
    const first = own.exchange(request)
    assert.equal((await own.exchange(request)).outcome, 'broken')
    owner.answer(200)
    assert.equal((await first).outcome, 'response')
    const third = own.exchange(request)
    owner.answer(200)
    assert.equal((await third).outcome, 'response')
  })
})
