import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answering, okResponse } from '../support/raw-backend.ts'
import { contentOf, withSetting, type UpstreamUnderTest } from './upstream-setting.ts'

/** `connectTo`: another address than the origin's, with everything else the origin's. */
export function upstreamAddressContract(subject: UpstreamUnderTest): void {
  const protocol = subject.tls === undefined ? 'http:' : 'https:'
  // Certified, and not where the backend listens.
  const origin = { protocol, hostname: 'localhost', port: 9 } as const

  describe('addresses', () => {
    test('exchange() connects to the address that the request names', async () => {
      await withSetting(subject, answering(okResponse('there')), async ({ backend, send }) => {
        const connectTo = { hostname: '127.0.0.1', port: backend.port }
        assert.equal(await contentOf(await send({ origin, connectTo })), 'there')
        assert.notEqual((await send({ origin })).outcome, 'response')
      })
    })

    test('exchange() leaves the request as it is on its way to another address', async () => {
      const script = answering(({ method, target, fields }) =>
        okResponse(
          `${method} ${target} ${fields.find((field) => /^host:/i.test(field))?.slice(6) ?? ''}`,
        ),
      )
      await withSetting(subject, script, async ({ backend, send }) => {
        const connectTo = { hostname: '127.0.0.1', port: backend.port }
        const outcome = await send({
          origin,
          connectTo,
          target: '/a?b',
          headers: ['Host', 'shop.test:81'],
        })
        assert.equal(await contentOf(outcome), 'GET /a?b shop.test:81')
      })
    })

    test('exchange() shares no connection between two addresses of an origin', async () => {
      await withSetting(subject, answering(okResponse('one')), async (first) => {
        await withSetting(subject, answering(okResponse('two')), async (second) => {
          const ask = async (port: number) =>
            contentOf(await first.send({ origin, connectTo: { hostname: '127.0.0.1', port } }))
          for (let i = 0; i < 2; i += 1) {
            assert.equal(await ask(first.backend.port), 'one')
            assert.equal(await ask(second.backend.port), 'two')
          }
        })
      })
    })

    if (subject.tls === undefined) return

    test('exchange() asks another address for a certificate of the origin', async () => {
      await withSetting(subject, answering(okResponse('no')), async ({ backend, send }) => {
        const connectTo = { hostname: '127.0.0.1', port: backend.port }
        const outcome = await send({ origin: { ...origin, hostname: 'shop.test' }, connectTo })
        assert.equal(outcome.outcome, 'certificate')
      })
    })
  })
}
