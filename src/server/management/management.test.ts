import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ManagementRequest, ManagementResponse } from '../../control-plane/server.ts'
import { createManagement } from './management.ts'

const request: ManagementRequest = {
  method: 'GET',
  target: '/restapis',
  headers: [],
  body: new Uint8Array(),
  sourceIp: '127.0.0.1',
}

const answer = (status: number): ManagementResponse => ({
  status,
  headers: [],
  body: new Uint8Array(),
})

describe('createManagement()', () => {
  test('counts answers by class', async () => {
    const statuses = [200, 201, 404, 500]
    const management = createManagement({ call: async () => answer(statuses.shift() ?? 0) })
    for (let i = 0; i < 4; i += 1) await management.call(request)
    assert.deepEqual(Object.fromEntries(management.callCounts), { '2xx': 2, '4xx': 1, '5xx': 1 })
  })

  test('does not wait for a function that runs', async () => {
    const held = Promise.withResolvers<void>()
    const management = createManagement({
      async call() {
        await held.promise
        return answer(200)
      },
    })
    const target = '/2015-03-31/functions/slow%3Alive/invocations?Qualifier=live'
    const running = management.call({ ...request, method: 'POST', target })
    await management.alone(async () => {})
    held.resolve()
    assert.equal((await running).status, 200)
  })

  test('runs alone when calls have ended, and holds those that come', async () => {
    const order: string[] = []
    const held = Promise.withResolvers<void>()
    let calls = 0
    const management = createManagement({
      async call() {
        calls += 1
        const name = `call ${calls}`
        order.push(`${name} begins`)
        if (calls === 1) await held.promise
        order.push(`${name} ends`)
        return answer(200)
      },
    })
    const first = management.call(request)
    const alone = management.alone(async () => void order.push('alone'))
    const other = management.alone(async () => void order.push('alone again'))
    const second = management.call(request)
    held.resolve()
    await Promise.all([first, alone, other, second])
    assert.deepEqual(order.slice(0, 3), ['call 1 begins', 'call 1 ends', 'alone'])
    assert.deepEqual(
      new Set(order.slice(3)),
      new Set(['alone again', 'call 2 begins', 'call 2 ends']),
    )
  })

  test('opens again after work that failed', async () => {
    const management = createManagement({ call: async () => answer(200) })
    await assert.rejects(management.alone(() => Promise.reject(new Error('disk'))))
    assert.equal((await management.call(request)).status, 200)
  })
})
