import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BodyAbortedError, bytesBody } from '../../src/base/body.ts'
import { answering, okResponse, type RawPeer } from '../support/raw-backend.ts'
import {
  contentOf,
  responseOf,
  untilStill,
  withSetting,
  type UpstreamUnderTest,
} from './upstream-setting.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** What comes back: heads, framing, content, and what is no response at all. */
export function upstreamResponseContract(subject: UpstreamUnderTest): void {
  describe('responses', () => {
    test('exchange() gives status and fields as received', async () => {
      const answer =
        'HTTP/1.1 299 Odd reason\r\nX-One:  a b \r\nx-two:\r\nX-One: caf\xe9\r\nContent-length: 2\r\n\r\nhi'
      await withSetting(subject, answering(answer), async ({ send }) => {
        const response = responseOf(await send())
        assert.equal(response.status, 299)
        const fields = ['X-One', 'a b', 'x-two', '', 'X-One', 'caf\xe9', 'Content-length', '2']
        assert.deepEqual([...response.headers], fields)
        assert.equal(response.body.byteLength, 2)
        assert.equal(await contentOf(response), 'hi')
      })
    })

    test('exchange() has a small response in memory at once', async () => {
      await withSetting(subject, answering(okResponse('in memory')), async ({ send }) => {
        const { body } = responseOf(await send())
        assert.equal(Buffer.from(body.bytes ?? []).toString(), 'in memory')
      })
    })

    test('exchange() does not follow a redirect nor decompress', async () => {
      const answer = `HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw`
      await withSetting(subject, answering(answer), async ({ backend, send }) => {
        const response = responseOf(await send())
        assert.equal(response.status, 302)
        assert.equal(await contentOf(response), 'raw')
        assert.equal(backend.requests.length, 1)
      })
    })

    for (const [what, answer, content] of [
      ['of declared length', 'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
      [
        'in chunks',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x="y"\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n',
        'hello',
      ],
    ] as const) {
      test(`exchange() reads a response ${what} split at every byte`, async () => {
        let at = 0
        const script = async (peer: RawPeer) => {
          for (;;) {
            await peer.readRequest()
            await peer.write(answer.slice(0, at))
            await turn()
            await peer.write(answer.slice(at))
          }
        }
        await withSetting(
          subject,
          script,
          async ({ backend, send }) => {
            for (at = 1; at < answer.length; at += 1) {
              assert.equal(await contentOf(await send()), content, `split at ${at}`)
            }
            assert.equal(backend.peers.length, 1)
          },
          { connectionsPerOriginMax: 1 },
        )
      })
    }

    test('exchange() reads a response that comes byte by byte', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        for (const character of okResponse('slow', ['X-A: b'])) {
          await peer.write(character)
          await turn()
        }
      }
      await withSetting(subject, script, async ({ send }) => {
        assert.equal(await contentOf(await send()), 'slow')
      })
    })

    test('exchange() reads content up to the end of the connection without framing', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.0 200 OK\r\n\r\nuntil ')
        await turn()
        await peer.write('the end')
        peer.end()
      }
      await withSetting(subject, script, async ({ send }) => {
        const outcome = await send()
        assert.equal(responseOf(outcome).body.byteLength, undefined)
        assert.equal(await contentOf(outcome), 'until the end')
      })
    })

    for (const [status, method] of [
      [200, 'HEAD'],
      [204, 'GET'],
      [304, 'GET'],
    ] as const) {
      test(`exchange() reads no content after ${status} to ${method}`, async () => {
        const answer = `HTTP/1.1 ${status} X\r\nContent-Length: 5\r\n\r\n`
        await withSetting(subject, answering(answer), async ({ send }) => {
          const response = responseOf(await send({ method }))
          assert.equal(response.status, status)
          assert.equal(response.body.bytes?.length, 0)
          assert.equal(await contentOf(await send({ method })), '')
        })
      })
    }

    test('exchange() skips informational responses', async () => {
      const interim =
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'
      await withSetting(subject, answering(interim + okResponse('final')), async ({ send }) => {
        const response = responseOf(await send())
        assert.deepEqual([...response.headers], ['Content-Length', '5'])
        assert.equal(await contentOf(response), 'final')
      })
    })

    test('exchange() reads on after 100 when it can', async () => {
      const answer = `HTTP/1.1 100 Continue\r\n\r\n${okResponse('continued')}`
      await withSetting(subject, answering(answer), async ({ send }) => {
        const outcome = await send({ method: 'POST', body: bytesBody(Buffer.from('abc')) })
        if (subject.skips100) assert.equal(await contentOf(outcome), 'continued')
        else assert.equal(outcome.outcome, 'broken')
      })
    })

    test('exchange() reads a large head and refuses one above the bound', async () => {
      const fields = Array.from({ length: 30 }, (_, i) => `X-${i}: ${'v'.repeat(1000)}`)
      let isSmall = true
      const answer = () => okResponse('x', isSmall ? fields.slice(0, 15) : fields)
      await withSetting(
        subject,
        answering(answer),
        async ({ send }) => {
          assert.equal(responseOf(await send()).headers.length, 32)
          isSmall = false
          assert.equal((await send()).outcome, 'broken')
        },
        { headBytesMax: 20_000 },
      )
    })

    const broken: readonly (readonly [string, string])[] = [
      ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['another version', 'HTTP/1.2 200 OK\r\n\r\n'],
      ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
      ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
      ['a space before the colon', 'HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: 0\r\n\r\n'],
      ['a field without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n'],
      ['a field without name', 'HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 0\r\n\r\n'],
      ['a folded field', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
      ['a NUL in a value', 'HTTP/1.1 200 OK\r\nX-A: b\0c\r\nContent-Length: 0\r\n\r\n'],
      ['a bare CR', 'HTTP/1.1 200 OK\r\nX-A: b\rc\r\nContent-Length: 0\r\n\r\n'],
      ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello'],
      ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
      [
        'lengths that differ',
        'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      ],
      [
        'a length beside chunks',
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      [
        'a chunk size that is no number',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      ],
      [
        'a switch of protocols',
        'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
      ],
      ['too many informational responses', 'HTTP/1.1 103 Hints\r\n\r\n'.repeat(17)],
      [
        'too many fields',
        okResponse(
          '',
          Array.from({ length: 2001 }, () => 'a: b'),
        ),
      ],
    ]
    for (const [what, answer] of broken) {
      test(`exchange() is broken by ${what}`, async () => {
        await withSetting(subject, answering(answer), async ({ backend, send }) => {
          const outcome = await send({ method: 'POST' })
          if (outcome.outcome === 'response') {
            await assert.rejects(outcome.body.readAll(1000), BodyAbortedError)
          } else {
            assert.equal(outcome.outcome, 'broken', JSON.stringify(outcome))
            assert.ok(outcome.detail.length > 0)
          }
          await backend.peers[0]!.closed
        })
      })
    }

    test('a body delivers what came and then rejects when the upstream breaks off', async () => {
      for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
        const script = async (peer: RawPeer) => {
          await peer.readRequest()
          await peer.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n3\r\nabc`)
          await turn()
          peer.end()
        }
        await withSetting(subject, script, async ({ send }) => {
          let received = ''
          const reading = async () => {
            for await (const piece of responseOf(await send()).body.stream()) {
              received += Buffer.from(piece).toString()
            }
          }
          await assert.rejects(reading(), BodyAbortedError)
          assert.ok(received.endsWith('abc'))
        })
      }
    })

    test('a body rejects when the upstream resets in the middle', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
        await peer.readBytes(1)
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const response = responseOf(await send())
        backend.peers[0]!.reset()
        await assert.rejects(response.body.readAll(100), BodyAbortedError)
      })
    })

    test('a body of 8 MB arrives whole, both ways', async () => {
      const content = Buffer.alloc(8 * 1024 * 1024, 'eight megabytes ')
      const script = answering((request) =>
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`),
          request.content,
        ]),
      )
      await withSetting(subject, script, async ({ send }) => {
        const outcome = await send({ method: 'POST', body: bytesBody(content) })
        const received = await responseOf(outcome).body.readAll(content.length)
        assert.ok(content.equals(received))
      })
    })

    test('a body that nobody reads stops the upstream', async () => {
      const content = Buffer.alloc(32 * 1024 * 1024, 'r')
      const head = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        void peer.write(Buffer.concat([Buffer.from(head), content]))
        await peer.readBytes(1)
      }
      await withSetting(subject, script, async ({ backend, send }) => {
        const response = responseOf(await send())
        assert.ok((await untilStill(() => backend.peers[0]!.unsentBytes)) > 0)
        const received = await response.body.readAll(content.length)
        assert.equal(received.length, content.length)
        assert.equal(backend.peers[0]!.unsentBytes, 0)
      })
    })

    test('a discarded body closes its connection', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
        await peer.readBytes(1)
      }
      await withSetting(subject, script, async ({ upstream, backend, send }) => {
        responseOf(await send()).body.discard()
        await backend.peers[0]!.closed
        await upstream.close()
      })
    })

    test('a reader that stops early closes its connection', async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
        await peer.readBytes(1)
      }
      await withSetting(subject, script, async ({ upstream, backend, send }) => {
        for await (const _piece of responseOf(await send()).body.stream()) break
        await backend.peers[0]!.closed
        await upstream.close()
      })
    })
  })
}
