import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, emptyBody, streamBody } from '../../src/base/body.ts'
import type { UpstreamRequest } from '../../src/ports/upstream.ts'
import { answering, okResponse } from '../support/raw-backend.ts'
import { contentOf, untilStill, withSetting, type UpstreamUnderTest } from './upstream-setting.ts'

const ok = answering(okResponse('ok'))

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'latin1')
}

/** What goes out: head, framing, content, and what is refused. */
export function upstreamRequestContract(subject: UpstreamUnderTest): void {
  describe('requests', () => {
    test('exchange() sends target and fields as they were given', async () => {
      await withSetting(subject, ok, async ({ backend, send }) => {
        const headers = [
          'Host',
          'a.test:81',
          'x-MiXed',
          'a',
          'X-mixed',
          'b',
          'X-Latin',
          'caf\xe9',
          'X-Empty',
          '',
        ]
        await send({ target: '/a%2Fb//c?d=%20&e', headers })
        const [request] = backend.requests
        assert.equal(request!.line, 'GET /a%2Fb//c?d=%20&e HTTP/1.1')
        const sent = request!.fields.map((field) => field.replace(/^host:/, 'Host:'))
        const expected = [
          'Host: a.test:81',
          'x-MiXed: a',
          'X-mixed: b',
          'X-Latin: caf\xe9',
          'X-Empty: ',
        ]
        assert.deepEqual(
          subject.sendsFieldsVerbatim
            ? sent
            : sent.filter((field) => field !== 'connection: keep-alive'),
          expected,
        )
      })
    })

    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS']) {
      test(`exchange() sends no framing with an empty ${method}`, async () => {
        await withSetting(subject, answering('HTTP/1.1 204 No\r\n\r\n'), async (setting) => {
          await setting.send({ method })
          assert.doesNotMatch(
            setting.backend.requests[0]!.fields.join('\n'),
            /content-length|transfer/i,
          )
        })
      })
    }

    for (const method of ['POST', 'PUT', 'PATCH']) {
      test(`exchange() sends Content-Length 0 with an empty ${method}`, async () => {
        await withSetting(subject, ok, async ({ backend, send }) => {
          await send({ method })
          assert.match(backend.requests[0]!.fields.join('\n'), /^content-length: 0$/im)
        })
      })
    }

    for (const size of [1, 2048, 2049, 100_000, 3_000_000]) {
      test(`exchange() sends ${size} bytes that lie in memory`, async () => {
        await withSetting(subject, ok, async ({ backend, send }) => {
          const content = Buffer.alloc(size, 'content of a request ')
          assert.equal(
            await contentOf(await send({ method: 'POST', body: bytesBody(content) })),
            'ok',
          )
          const [request] = backend.requests
          assert.match(request!.fields.join('\n'), new RegExp(`^content-length: ${size}$`, 'im'))
          assert.ok(request!.content.equals(content))
        })
      })
    }

    test('exchange() streams a body of declared length', async () => {
      await withSetting(subject, ok, async ({ backend, send }) => {
        const body = streamBody(pieces('ab', '', 'cde'), 5)
        assert.equal(await contentOf(await send({ method: 'PUT', body })), 'ok')
        assert.match(backend.requests[0]!.fields.join('\n'), /^content-length: 5$/im)
        assert.equal(backend.requests[0]!.content.toString(), 'abcde')
      })
    })

    test('exchange() sends a body of unknown length chunked', async () => {
      await withSetting(subject, ok, async ({ backend, send }) => {
        const body = streamBody(pieces('ab', '', 'cde'.repeat(20)), undefined)
        assert.equal(await contentOf(await send({ method: 'POST', body })), 'ok')
        assert.match(backend.requests[0]!.fields.join('\n'), /^transfer-encoding: chunked$/im)
        assert.equal(backend.requests[0]!.content.toString(), `ab${'cde'.repeat(20)}`)
      })
    })

    for (const [what, texts] of [
      ['longer', ['abc', 'defgh']],
      ['shorter', ['abc']],
    ] as const) {
      test(`exchange() destroys the connection when a body is ${what} than declared`, async () => {
        let received = ''
        const script = async (peer: Parameters<typeof ok>[0]) => {
          await peer.readHead()
          received = (await peer.readToEnd()).toString()
        }
        await withSetting(subject, script, async ({ backend, send }) => {
          const outcome = await send({ method: 'POST', body: streamBody(pieces(...texts), 5) })
          assert.equal(outcome.outcome, 'invalid')
          assert.equal(await untilStill(() => backend.openCount()), 0)
          assert.ok(received === '' || received === 'abc', received)
        })
      })
    }

    test('exchange() is aborted when the body breaks off', async () => {
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('abc')
        throw new Error('the caller went away')
      }
      await withSetting(
        subject,
        (peer) => void peer.readToEnd(),
        async ({ backend, send }) => {
          const outcome = await send({ method: 'POST', body: streamBody(breaking(), undefined) })
          assert.equal(outcome.outcome, 'aborted')
          assert.equal(await untilStill(() => backend.openCount()), 0)
        },
      )
    })

    test('exchange() takes no more of a body than the backend reads', async () => {
      const piece = Buffer.alloc(65_536, 'u')
      const piecesMax = 512
      let taken = 0
      async function* source(): AsyncGenerator<Uint8Array> {
        for (; taken < piecesMax; taken += 1) yield piece
      }
      let readRest = () => {}
      const mayRead = new Promise<void>((resolve) => {
        readRest = resolve
      })
      const script = async (peer: Parameters<typeof ok>[0]) => {
        await peer.readHead()
        await mayRead
        await peer.readBytes(piece.length * piecesMax)
        await peer.write(okResponse('read all'))
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const body = streamBody(source(), piece.length * piecesMax)
        const answer = send({ method: 'POST', body })
        await backend.accepted(0)
        assert.ok((await untilStill(() => taken)) < piecesMax)
        readRest()
        assert.equal(await contentOf(await answer), 'read all')
        assert.equal(taken, piecesMax)
      })
    })

    test('exchange() stops an upload when the answer is complete before it', async () => {
      let isStopped = false
      let giveMore = () => {}
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            yield Buffer.from('more')
            await new Promise<void>((resolve) => {
              giveMore = resolve
            })
          }
        } finally {
          isStopped = true
        }
      }
      const script = async (peer: Parameters<typeof ok>[0]) => {
        await peer.readHead()
        await peer.write('HTTP/1.1 413 Large\r\nContent-Length: 3\r\n\r\nbig')
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const outcome = await send({ method: 'POST', body: streamBody(endless(), undefined) })
        assert.equal(await contentOf(outcome), 'big')
        giveMore()
        await backend.peers[0]!.closed
        await untilStill(() => Number(isStopped))
        assert.ok(isStopped)
        await send({ method: 'POST', timeoutMs: 1000 })
        assert.equal(backend.peers.length, 2)
      })
    })

    const invalid: readonly (readonly [string, Partial<UpstreamRequest>])[] = [
      ['a line break in a value', { headers: ['Host', 'a', 'X-A', 'b\r\nX-C: d'] }],
      ['a bare CR in a value', { headers: ['Host', 'a', 'X-A', 'b\rc'] }],
      ['a NUL in a value', { headers: ['Host', 'a', 'X-A', 'b\0c'] }],
      ['a value beyond latin1', { headers: ['Host', 'a', 'X-A', '\u0161'] }],
      ['a space in a name', { headers: ['Host', 'a', 'X A', 'b'] }],
      ['a colon in a name', { headers: ['Host', 'a', 'X-A:', 'b'] }],
      ['an empty name', { headers: ['Host', 'a', '', 'b'] }],
      ['a name without value', { headers: ['Host', 'a', 'X-A'] }],
      ['no Host', { headers: [] }],
      ['two Hosts', { headers: ['Host', 'a', 'host', 'b'] }],
      ['Content-Length', { headers: ['Host', 'a', 'content-length', '3'] }],
      ['Transfer-Encoding', { headers: ['Host', 'a', 'Transfer-Encoding', 'chunked'] }],
      ['Connection', { headers: ['Host', 'a', 'Connection', 'close'] }],
      ['a space in the target', { target: '/a b' }],
      ['a line break in the target', { target: '/a\r\nX: y' }],
      ['a target without slash', { target: 'http://a/' }],
      ['a target beyond ASCII', { target: '/\xe9' }],
      ['a method with a space', { method: 'GET /x' }],
      ['no method', { method: '' }],
      ['CONNECT', { method: 'CONNECT' }],
      ['no host name', { origin: { protocol: 'http:', hostname: '', port: 1 } }],
      ['a host name with a slash', { origin: { protocol: 'http:', hostname: 'a/b', port: 1 } }],
      ['no host name to connect to', { connectTo: { hostname: '', port: 1 } }],
      ['port 0 to connect to', { connectTo: { hostname: '127.0.0.1', port: 0 } }],
      ['port 0', { origin: { protocol: 'http:', hostname: '127.0.0.1', port: 0 } }],
      ['port 65536', { origin: { protocol: 'http:', hostname: '127.0.0.1', port: 65_536 } }],
    ]
    for (const [what, request] of invalid) {
      test(`exchange() refuses ${what}`, async () => {
        await withSetting(subject, ok, async ({ backend, send }) => {
          let isDiscarded = false
          const body = { ...emptyBody, discard: () => void (isDiscarded = true) }
          assert.equal((await send({ ...request, body })).outcome, 'invalid')
          assert.ok(isDiscarded)
          assert.equal(backend.peers.length, 0)
        })
      })
    }
  })
}
