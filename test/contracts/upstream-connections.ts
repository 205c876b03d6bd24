import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, streamBody } from '../../src/base/body.ts'
import type { UpstreamRequest } from '../../src/ports/upstream.ts'
import { answering, okResponse, type RawPeer } from '../support/raw-backend.ts'
import {
  contentOf,
  responseOf,
  untilStill,
  withSetting,
  type UpstreamUnderTest,
} from './upstream-setting.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Lets a connection become reusable. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await turn()
}

/** Reuse, retries, limits, and what a connection may never do. */
export function upstreamConnectionContract(subject: UpstreamUnderTest): void {
  describe('connections', () => {
    test('exchange() uses a connection again', async () => {
      await withSetting(subject, answering(okResponse('again')), async ({ backend, send }) => {
        for (let i = 0; i < 5; i += 1) {
          assert.equal(await contentOf(await send()), 'again')
          await settle()
        }
        assert.equal(backend.peers.length, 1)
      })
    })

    test('exchange() uses a connection again after 204, after chunks and after HEAD', async () => {
      const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'
      const script = answering(({ method }) =>
        method === 'GET' ? chunked : 'HTTP/1.1 204 No Content\r\n\r\n',
      )
      await withSetting(subject, script, async ({ backend, send }) => {
        for (const method of [
          'GET',
          'DELETE',
          'GET',
          ...(subject.keepsAfterHead ? ['HEAD'] : []),
          'GET',
        ]) {
          await contentOf(await send({ method }))
          await settle()
        }
        assert.equal(backend.peers.length, 1)
      })
    })

    for (const [what, answer] of [
      ['the server says close', okResponse('x', ['Connection: x, Close'])],
      ['the server speaks HTTP/1.0', okResponse('x').replace('1.1', '1.0')],
      ['the server keeps it for a second only', okResponse('x', ['Keep-Alive: timeout=1'])],
      ['204 declares content', 'HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n'],
    ] as const) {
      test(`exchange() does not use a connection again when ${what}`, async () => {
        await withSetting(subject, answering(answer), async ({ backend, send }) => {
          await contentOf(await send())
          await backend.peers[0]!.closed
          await contentOf(await send())
          assert.equal(backend.peers.length, 2)
        })
      })
    }

    test('bytes after a response belong to nobody', async () => {
      const stolen = okResponse('stolen')
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write(peer.number === 0 ? okResponse('first') + stolen : okResponse('second'))
        await peer.readRequest()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        assert.equal(await contentOf(await send()), 'first')
        assert.equal(await contentOf(await send()), 'second')
        assert.equal(backend.peers.length, 2)
        await backend.peers[0]!.closed
      })
    })

    test('bytes after a streamed response belong to nobody', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfi')
        await turn()
        await peer.write(`rst${okResponse('stolen')}`)
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        assert.equal(await contentOf(await send()), 'first')
        await backend.peers[0]!.closed
        assert.equal(await contentOf(await send()), 'first')
        assert.equal(backend.peers.length, 2)
      })
    })

    test('a second answer that lies in the socket is not the next request’s', async () => {
      // Larger than what is read at once, and ending where a read ends.
      const head = 'HTTP/1.1 200 OK\r\nContent-Length: 130000\r\n\r\n'
      for (const size of [65_536, 131_072]) {
        const first = `HTTP/1.1 200 OK\r\nContent-Length: ${size - head.length}\r\n\r\n`
        const content = 'f'.repeat(size - first.length)
        const script = async (peer: RawPeer) => {
          const { target } = await peer.readRequest()
          const answer = okResponse(target)
          if (peer.number > 0) await peer.write(answer)
          else
            await peer.write(
              first.replace(/\d+(?=\r\n\r\n)/, String(content.length)) +
                content +
                okResponse('stolen'),
            )
          await peer.readToEnd()
        }
        await withSetting(
          subject,
          script,
          async ({ send }) => {
            const contents = ['/a', '/b'].map(async (target) => contentOf(await send({ target })))
            const [a, b] = await Promise.all(contents)
            assert.equal(a!.length, content.length)
            assert.equal(b, '/b')
          },
          { connectionsPerOriginMax: 1 },
        )
      }
    })

    test('an idle connection that speaks is closed', async () => {
      await withSetting(subject, answering(okResponse('x')), async ({ backend, send }) => {
        await contentOf(await send())
        await settle()
        await backend.peers[0]!.write(okResponse('stolen'))
        await backend.peers[0]!.closed
        assert.equal(await contentOf(await send()), 'x')
        assert.equal(backend.peers.length, 2)
      })
    })

    test('an idle connection that the server closes is replaced', async () => {
      await withSetting(subject, answering(okResponse('x')), async ({ backend, send }) => {
        await contentOf(await send())
        await settle()
        backend.peers[0]!.end()
        await backend.peers[0]!.closed
        assert.equal(await contentOf(await send({ method: 'POST' })), 'x')
      })
    })

    /** Answers once on the first connection and breaks on the second request there. */
    const breaking =
      (onSecond: (peer: RawPeer) => Promise<void> | void) => async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write(okResponse(`connection ${peer.number}`))
        await peer.readRequest()
        if (peer.number === 0) return onSecond(peer)
        await peer.write(okResponse('again'))
      }

    for (const [how, close] of [
      ['closed', (peer: RawPeer) => peer.end()],
      ['reset', (peer: RawPeer) => peer.reset()],
    ] as const) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
        test(`exchange() sends ${method} again when a reused connection is ${how} before an answer`, async () => {
          await withSetting(subject, breaking(close), async ({ backend, send }) => {
            await contentOf(await send())
            await settle()
            const body = bytesBody(Buffer.from(method === 'PUT' ? 'content' : ''))
            const outcome = await send({ method, target: '/second', body })
            assert.equal(responseOf(outcome).status, 200)
            assert.deepEqual(
              backend.requests.map(({ target }) => target),
              ['/', '/second', '/second'],
            )
            assert.equal(backend.requests[2]!.content.length, body.byteLength)
          })
        })
      }
    }

    const unrepeatable: readonly (readonly [string, Partial<UpstreamRequest>])[] = [
      ['a POST', { method: 'POST' }],
      ['a PATCH', { method: 'PATCH' }],
      [
        'a streamed body',
        {
          method: 'PUT',
          body: streamBody(
            (async function* () {
              yield Buffer.from('once')
            })(),
            4,
          ),
        },
      ],
    ]
    for (const [what, request] of unrepeatable) {
      test(`exchange() does not send ${what} again`, async () => {
        await withSetting(
          subject,
          breaking((peer) => peer.end()),
          async ({ backend, send }) => {
            await contentOf(await send())
            await settle()
            assert.equal((await send(request)).outcome, 'broken')
            assert.equal(backend.requests.length, 2)
          },
        )
      })
    }

    test('exchange() does not send again when a byte of the answer came', async () => {
      const script = breaking(async (peer) => {
        await peer.write('H')
        peer.end()
      })
      await withSetting(subject, script, async ({ backend, send }) => {
        await contentOf(await send())
        await settle()
        assert.equal((await send()).outcome, 'broken')
        assert.equal(backend.peers.length, 1)
      })
    })

    test('exchange() does not send again on a fresh connection that closes', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        peer.end()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        assert.equal((await send()).outcome, 'broken')
        assert.equal(backend.peers.length, 1)
      })
    })

    test('a connection whose exchange ended before it stood serves the next', async () => {
      await withSetting(subject, answering(okResponse('x')), async ({ backend, send }) => {
        const aborter = new AbortController()
        const first = send({ signal: aborter.signal })
        aborter.abort()
        assert.equal((await first).outcome, 'aborted')
        assert.equal(await contentOf(await send({ target: '/next' })), 'x')
        assert.deepEqual(
          backend.requests.map(({ target }) => target),
          ['/next'],
        )
        assert.equal(backend.peers.length, 1)
      })
    })

    test('500 exchanges at once share 16 connections, each with its own answer', async () => {
      let open = 0
      let openMost = 0
      const script = async (peer: RawPeer) => {
        open += 1
        openMost = Math.max(openMost, open)
        void peer.closed.then(() => (open -= 1))
        await answering(({ target }) => okResponse(target))(peer)
      }
      await withSetting(
        subject,
        script,
        async ({ send }) => {
          const targets = Array.from({ length: 500 }, (_, i) => `/${i}`)
          const contents = await Promise.all(
            targets.map(async (target) => contentOf(await send({ target }))),
          )
          assert.deepEqual(contents, targets)
          assert.ok(openMost <= 16, `${openMost} connections`)
        },
        { connectionsPerOriginMax: 16 },
      )
    })

    test('an exchange above the limit waits within its own time', async () => {
      const script = async (peer: RawPeer) => {
        const { target } = await peer.readRequest()
        if (target === '/hangs') await peer.readRequest()
        await peer.write(okResponse(target))
      }
      await withSetting(
        subject,
        script,
        async ({ backend, send }) => {
          const aborter = new AbortController()
          const hanging = send({ target: '/hangs', signal: aborter.signal })
          await backend.accepted(0)
          assert.deepEqual(await send({ target: '/short', timeoutMs: 30 }), { outcome: 'timeout' })
          const patient = send({ target: '/patient' })
          aborter.abort()
          assert.equal((await hanging).outcome, 'aborted')
          assert.equal(await contentOf(await patient), '/patient')
          assert.deepEqual(
            backend.requests.map(({ target }) => target),
            ['/hangs', '/patient'],
          )
        },
        { connectionsPerOriginMax: 1 },
      )
    })

    test('exchanges above the bound of the queue are refused at once', async () => {
      await withSetting(
        subject,
        (peer) => void peer.readToEnd(),
        async ({ send }) => {
          const aborter = new AbortController()
          const { signal } = aborter
          const [first, second] = [send({ signal }), send({ signal })]
          assert.equal((await send()).outcome, 'broken')
          aborter.abort()
          assert.equal((await first).outcome, 'aborted')
          assert.equal((await second).outcome, 'aborted')
        },
        { connectionsPerOriginMax: 1, waitingPerOriginMax: 1 },
      )
    })

    test('close() closes idle connections at once and lets the others finish', async () => {
      const script = async (peer: RawPeer) => {
        const { target } = await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n')
        if (target === '/late') await peer.readBytes(0).then(() => go)
        await peer.write('done')
        await peer.readToEnd()
      }
      let finish = () => {}
      const go = new Promise<void>((resolve) => {
        finish = resolve
      })
      await withSetting(subject, script, async ({ upstream, backend, send }) => {
        const late = send({ target: '/late' })
        await backend.accepted(0)
        assert.equal(await contentOf(await send({ target: '/idle' })), 'done')
        const response = responseOf(await late)
        await settle()
        let isClosed = false
        const closing = upstream.close().then(() => (isClosed = true))
        await backend.peers[1]!.closed
        assert.equal((await send()).outcome, 'broken')
        assert.equal(isClosed, false)
        finish()
        assert.equal(await contentOf(response), 'done')
        await closing
        await backend.peers[0]!.closed
        assert.equal(await untilStill(() => backend.openCount()), 0)
      })
    })
  })
}
