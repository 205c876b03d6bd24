import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { BodyAbortedError, streamBody } from '../../src/base/body.ts'
import type { RawPeer } from '../support/raw-backend.ts'
import { responseOf, untilStill, withSetting, type UpstreamUnderTest } from './upstream-setting.ts'

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const silent = async (peer: RawPeer) => {
  await peer.readToEnd()
}

/** Outcomes other than a response: each stage at which an exchange can fail, time and signal. */
export function upstreamFailureContract(subject: UpstreamUnderTest): void {
  const protocol = subject.tls === undefined ? 'http:' : 'https:'

  describe('failures', () => {
    test('exchange() is refused when nobody listens', async () => {
      const port = await unusedPort()
      await withSetting(subject, silent, async ({ send }) => {
        for (const hostname of ['127.0.0.1', 'localhost']) {
          const outcome = await send({ origin: { protocol, hostname, port } })
          assert.equal(outcome.outcome, 'refused', JSON.stringify(outcome))
        }
      })
    })

    test('exchange() is unresolved when the name has no address', async () => {
      // A label longer than DNS allows: no server is asked.
      const hostname = `${'a'.repeat(64)}.test`
      await withSetting(subject, silent, async ({ send }) => {
        const outcome = await send({ origin: { protocol, hostname, port: 80 } })
        assert.equal(outcome.outcome, 'unresolved', JSON.stringify(outcome))
      })
    })

    test('exchange() reaches a backend by name', async () => {
      await withSetting(subject, silent, async ({ backend, send }) => {
        void send({ origin: { protocol, hostname: 'localhost', port: backend.port } })
        await (await backend.accepted(0)).readHead()
      })
    })

    for (const [stage, answer] of [
      ['before the answer', ''],
      ['in the status line', 'HTTP/1.1 2'],
      ['in the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ] as const) {
      for (const how of ['closed', 'reset'] as const) {
        test(`exchange() is broken when the connection is ${how} ${stage}`, async () => {
          const script = async (peer: RawPeer) => {
            await peer.readRequest()
            await peer.write(answer)
            if (how === 'closed') peer.end()
            else peer.reset()
          }
          await withSetting(subject, script, async ({ backend, send }) => {
            assert.equal((await send()).outcome, 'broken')
            assert.equal(backend.peers.length, 1)
          })
        })
      }
    }

    for (const [what, answer] of [
      ['no answer', ''],
      ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
      ['informational responses only', 'HTTP/1.1 103 Hints\r\n\r\n'],
    ] as const) {
      test(`exchange() ends with its time when there is ${what}`, async () => {
        const script = async (peer: RawPeer) => {
          await peer.readRequest()
          await peer.write(answer)
          await peer.readToEnd()
        }
        await withSetting(subject, script, async ({ backend, send }) => {
          const startMs = performance.now()
          assert.deepEqual(await send({ timeoutMs: 60 }), { outcome: 'timeout' })
          const tookMs = performance.now() - startMs
          assert.ok(tookMs >= 60 && tookMs < 20_000, `${tookMs} ms`)
          assert.equal(await untilStill(() => backend.openCount()), 0)
        })
      })
    }

    test('the time of an exchange does not end its content', async () => {
      const script = async (peer: RawPeer) => {
        const { target } = await peer.readRequest()
        if (target === '/silent') return silent(peer)
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n')
        await late
        await peer.write('late')
        await peer.readToEnd()
      }
      let release = () => {}
      const late = new Promise<void>((resolve) => {
        release = resolve
      })
      await withSetting(subject, script, async ({ send }) => {
        const response = responseOf(await send({ timeoutMs: 50 }))
        assert.equal((await send({ timeoutMs: 60, target: '/silent' })).outcome, 'timeout')
        release()
        assert.equal(Buffer.from(await response.body.readAll(10)).toString(), 'late')
      })
    })

    test('content that pauses for longer than it may breaks off', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nla')
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const response = responseOf(await send({ contentIdleMs: 50 }))
        await assert.rejects(response.body.readAll(10), BodyAbortedError)
        await backend.peers[0]!.closed
      })
    })

    test('content breaks off when the time of the exchange covers it', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nla')
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const response = responseOf(await send({ timeoutMs: 80, timeoutCoversContent: true }))
        await assert.rejects(response.body.readAll(10), BodyAbortedError)
        await backend.peers[0]!.closed
      })
    })

    test('exchange() is aborted by a signal that had fired', async () => {
      await withSetting(subject, silent, async ({ backend, send }) => {
        const outcome = await send({ signal: AbortSignal.abort() })
        assert.equal(outcome.outcome, 'aborted')
        assert.equal(backend.peers.length, 0)
      })
    })

    test('exchange() is aborted by its signal and closes the connection', async () => {
      await withSetting(subject, silent, async ({ backend, send }) => {
        const aborter = new AbortController()
        const answer = send({ signal: aborter.signal })
        await backend.accepted(0)
        aborter.abort()
        assert.equal((await answer).outcome, 'aborted')
        await backend.peers[0]!.closed
      })
    })

    test('exchange() is aborted by its signal in the same turn', async () => {
      await withSetting(subject, silent, async ({ send }) => {
        const aborter = new AbortController()
        const answer = send({ signal: aborter.signal })
        aborter.abort()
        assert.equal((await answer).outcome, 'aborted')
      })
    })

    test('a signal breaks off content that is on its way', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const aborter = new AbortController()
        const response = responseOf(await send({ signal: aborter.signal }))
        const reading = response.body.readAll(100)
        aborter.abort()
        await assert.rejects(reading, BodyAbortedError)
        await backend.peers[0]!.closed
      })
    })

    test('an exchange leaves no listener on its signal', async () => {
      const aborter = new AbortController()
      const listeners = new Set<unknown>()
      const { signal } = aborter
      const add = signal.addEventListener.bind(signal)
      const remove = signal.removeEventListener.bind(signal)
      Object.assign(signal, {
        addEventListener: (...args: Parameters<typeof add>) => (
          listeners.add(args[1]),
          add(...args)
        ),
        removeEventListener: (...args: Parameters<typeof remove>) => (
          listeners.delete(args[1]),
          remove(...args)
        ),
      })
      const script = async (peer: RawPeer) => {
        for (;;) {
          await peer.readRequest()
          await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong')
        }
      }
      await withSetting(subject, script, async ({ send }) => {
        await responseOf(await send({ signal })).body.readAll(10)
        assert.equal(listeners.size, 0)
      })
    })

    test('a streamed body is discarded when the exchange fails before it was sent', async () => {
      const port = await unusedPort()
      let isReturned = false
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false as const, value: Buffer.from('x') }),
          return: () => {
            isReturned = true
            return Promise.resolve({ done: true as const, value: undefined })
          },
        }),
      }
      await withSetting(subject, silent, async ({ send }) => {
        const body = streamBody(source, undefined)
        const origin = { protocol, hostname: '127.0.0.1', port } as const
        assert.equal((await send({ method: 'POST', origin, body })).outcome, 'refused')
        await new Promise((resolve) => setImmediate(resolve))
        assert.ok(isReturned)
      })
    })
  })
}
