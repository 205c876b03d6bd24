import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { BodyAbortedError, BodyTimedOutError, streamBody } from '../../src/base/body.ts'
import type { UpstreamOutcome } from '../../src/ports/upstream.ts'
import type { RawPeer } from '../support/raw-backend.ts'
import {
  contentOf,
  responseOf,
  untilStill,
  withSetting,
  type UpstreamUnderTest,
} from './upstream-setting.ts'

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The first outcome that is no time-out, of longer and longer times: how much is enough is the machine's. */
async function inEnoughTime(
  send: (timeoutMs: number) => Promise<UpstreamOutcome>,
): Promise<UpstreamOutcome> {
  for (let timeoutMs = 50; ; timeoutMs *= 2) {
    const outcome = await send(timeoutMs)
    if (outcome.outcome !== 'timeout' || timeoutMs > 5000) return outcome
  }
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

    test('the time of an exchange does not end content that nobody waits for', async () => {
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
        let waitedMs = 0
        const outcome = await inEnoughTime((timeoutMs) =>
          send({ timeoutMs: (waitedMs = timeoutMs) }),
        )
        const { body } = responseOf(outcome)
        assert.equal(
          (await send({ timeoutMs: waitedMs + 10, target: '/silent' })).outcome,
          'timeout',
        )
        release()
        assert.equal(Buffer.from(await body.readAll(10)).toString(), 'late')
      })
    })

    test('the time of an exchange ends content that is waited for, however steadily it comes', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
        const trickle = setInterval(() => void peer.write('x').catch(() => {}), 5)
        await peer.closed
        clearInterval(trickle)
      }
      await withSetting(subject, script, async ({ send }) => {
        const startMs = performance.now()
        const outcome = await inEnoughTime((timeoutMs) => send({ timeoutMs }))
        await assert.rejects(responseOf(outcome).body.readAll(1_000_000), BodyTimedOutError)
        const tookMs = performance.now() - startMs
        assert.ok(tookMs >= 50, `${tookMs} ms`)
      })
    })

    for (const byteLength of [9, undefined]) {
      test(`no time passes while the client is waited for (${byteLength ?? 'chunked'})`, async () => {
        const script = async (peer: RawPeer) => {
          const { target } = await peer.readRequest()
          if (target === '/silent') return silent(peer)
          await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
          await peer.readToEnd()
        }
        await withSetting(subject, script, async ({ send }) => {
          const outcome = await inEnoughTime(async (timeoutMs) => {
            const { promise: isLate, resolve: release } = Promise.withResolvers<void>()
            async function* slowly(): AsyncGenerator<Uint8Array> {
              yield Buffer.from('half ')
              await isLate
              yield Buffer.from('late')
            }
            const body = streamBody(slowly(), byteLength)
            const answer = send({ method: 'POST', body, timeoutMs })
            const longer = { timeoutMs: timeoutMs * 2, target: '/silent' }
            assert.equal((await send(longer)).outcome, 'timeout')
            release()
            return answer
          })
          assert.equal(await contentOf(outcome), 'ok')
        })
      })
    }

    test('an endpoint that is silent behind a slow client is waited for no longer', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.readToEnd()
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        async function* slowly(): AsyncGenerator<Uint8Array> {
          yield Buffer.from('half ')
          await new Promise((resolve) => setTimeout(resolve, 90))
          yield Buffer.from('late')
        }
        const body = streamBody(slowly(), 9)
        const startMs = performance.now()
        assert.deepEqual(await send({ method: 'POST', body, timeoutMs: 60 }), {
          outcome: 'timeout',
        })
        const tookMs = performance.now() - startMs
        assert.ok(tookMs >= 140, `${tookMs} ms`)
        await backend.peers[0]!.closed
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
        const covering = { timeoutCoversContent: true }
        const outcome = await inEnoughTime((timeoutMs) => send({ ...covering, timeoutMs }))
        // Whether or not somebody reads it.
        await backend.peers.at(-1)!.closed
        await assert.rejects(responseOf(outcome).body.readAll(10), BodyTimedOutError)
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
