import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { payloadBytesMax } from '../../src/aws/limits.ts'
import { withPeers } from '../support/peer-scene.ts'
import { okResponse, type RawPeer } from '../support/raw-backend.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
before(async () => {
  gateway = await startGateway({ arguments: ['--memory'] })
})
after(async () => {
  await gateway[Symbol.asyncDispose]()
})

const closing = ['Connection: close']

/** What a client reads of an answer that the gateway gives of its own accord. */
function assertAnswer(received: string, status: number, body: string): void {
  assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `))
  const [head = '', ...rest] = received.split('\r\n\r\n')
  assert.equal(rest.join('\r\n\r\n'), body)
  assert.match(head, new RegExp(`^Content-Length: ${Buffer.byteLength(body)}$`, 'im'))
}

/** The answer began and can be told from a whole one: fewer bytes than declared, or no last chunk. */
function assertBrokenOff(received: string): void {
  assert.match(received, /^HTTP\/1\.1 200 OK\r\n/)
  const headEnd = received.indexOf('\r\n\r\n') + 4
  const declared = /^Content-Length: (\d+)\r$/im.exec(received.slice(0, headEnd))?.[1]
  if (declared !== undefined) assert.ok(received.length - headEnd < Number(declared))
  else {
    assert.match(received.slice(0, headEnd), /^Transfer-Encoding: chunked\r$/im)
    assert.doesNotMatch(received, /\r\n0\r\n\r\n$/)
  }
}

/** What came before the connection ended, however it ended. */
async function allOf(client: { socket: NodeJS.EventEmitter }): Promise<string> {
  const pieces: string[] = []
  client.socket.on('data', (text: string) => pieces.push(text))
  await new Promise((resolve) => client.socket.once('close', resolve))
  return pieces.join('')
}

const networkError = '{"message": "Network error communicating with endpoint"}'
const timedOut = '{"message": "Endpoint request timed out"}'

describe('a backend that is slow', () => {
  const script = async (peer: RawPeer) => {
    await peer.readRequest()
    await peer.readToEnd()
  }
  const endpoint = { members: { timeoutInMillis: 50 } }
  // Enough for the head of an answer on a machine that has more to do.
  const unhurried = { members: { timeoutInMillis: 1000 } }

  test('is waited for as long as timeoutInMillis says, to the millisecond, and no longer', async (t) => {
    await withPeers(gateway, { script, endpoint }, async ({ open, request, backend }) => {
      using client = await open()
      const tookMs: number[] = []
      let received = ''
      for (let round = 0; round < 20; round += 1) {
        const startMs = performance.now()
        client.send(request('GET', '/slow', []))
        received = await client.until((text) => text.split(timedOut).length === round + 2)
        tookMs.push(performance.now() - startMs)
        await (
          await backend.accepted(round)
        ).closed
      }
      assert.match(received, /^HTTP\/1\.1 504 Gateway Timeout\r\n/)
      assert.match(received, /\r\nx-amzn-ErrorType: InternalServerErrorException\r\n/)
      tookMs.sort((a, b) => a - b)
      t.diagnostic(`${tookMs[0]?.toFixed(1)} to ${tookMs.at(-1)?.toFixed(1)} ms`)
      assert.ok(tookMs[0]! >= 50, `${tookMs[0]} ms`)
      // The best of twenty: what is left of the delay is the machine's own.
      assert.ok(tookMs[0]! < 55, `${tookMs[0]} ms`)
    })
  })

  test('is waited for while half a head has come, and when it reads no body', async () => {
    const half = async (peer: RawPeer) => {
      await peer.readHead()
      await peer.write('HTTP/1.1 200 OK\r\nContent-')
      if (peer.number === 1) await answered.promise
      await peer.readToEnd()
    }
    const answered = Promise.withResolvers<void>()
    await withPeers(gateway, { script: half, endpoint }, async ({ request, say }) => {
      assertAnswer(await say(request('GET', '/half')), 504, timedOut)
      const fields = [...closing, 'Content-Length: 9000000']
      const long = request('POST', '/half', fields, 'x'.repeat(9_000_000))
      assertAnswer(await say(long), 504, timedOut)
      answered.resolve()
    })
  })

  for (const [what, answer, ends] of [
    ['a short body', 'Content-Length: 10\r\n\r\nhello', 'with 504'],
    ['a short body in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'with 504'],
    ['a long body', 'Content-Length: 100000\r\n\r\nhello', 'broken off'],
  ] as const) {
    test(`is given up in the middle of ${what} too: the answer ends ${ends}`, async () => {
      const stuck = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write(`HTTP/1.1 200 OK\r\n${answer}`)
        await peer.closed
      }
      await withPeers(
        gateway,
        { script: stuck, endpoint: unhurried },
        async ({ open, request }) => {
          using client = await open()
          const received = allOf(client)
          client.send(request('GET', '/stuck'))
          if (ends === 'with 504') assertAnswer(await received, 504, timedOut)
          else assertBrokenOff(await received)
        },
      )
    })
  }

  test('in a body that is mapped whole: 504 when the time is over, though pieces still come', async () => {
    const trickling = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      const trickle = setInterval(() => void peer.write('x').catch(() => {}), 20)
      await peer.closed
      clearInterval(trickle)
    }
    const mapped = { type: 'HTTP', readsBody: true, ...unhurried } as const
    await withPeers(gateway, { script: trickling, endpoint: mapped }, async ({ request, say }) => {
      const startMs = performance.now()
      assertAnswer(await say(request('GET', '/trickle')), 504, timedOut)
      assert.ok(performance.now() - startMs >= unhurried.members.timeoutInMillis)
    })
  })

  test('only the backend is meant: a client may send its body as slowly as it likes', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write(okResponse('patient', closing))
    }
    await withPeers(
      gateway,
      { script, endpoint: unhurried },
      async ({ open, request, backend }) => {
        using client = await open()
        client.send(request('POST', '/slowly', [...closing, 'Content-Length: 8'], 'half'))
        await backend.accepted(0)
        await new Promise((resolve) => setTimeout(resolve, unhurried.members.timeoutInMillis + 50))
        client.send('half')
        assert.match(
          await client.until((text) => text.includes('patient')),
          /^HTTP\/1\.1 200 OK\r\n/,
        )
      },
    )
  })
})

describe('a backend that stops', () => {
  const long = 'x'.repeat(0x11170)
  const answers: readonly [where: string, bytes: string, framing: 'none' | 'begun'][] = [
    ['before its answer', '', 'none'],
    ['in the status line', 'HTTP/1.1 20', 'none'],
    ['in its head', 'HTTP/1.1 200 OK\r\nContent-Type: te', 'none'],
    ['in a short body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'none'],
    ['in a long body', `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${long}`, 'begun'],
    ['between two short chunks', chunked('5\r\nhello\r\n'), 'none'],
    ['in a short chunk', chunked('5\r\nhel'), 'none'],
    ['before the last line end', chunked('5\r\nhello\r\n0\r\n'), 'none'],
    ['between two long chunks', chunked(`11170\r\n${long}\r\n`), 'begun'],
    ['in a long chunk', chunked(`22222\r\n${long}`), 'begun'],
    ['before the last line end behind much', chunked(`11170\r\n${long}\r\n0\r\n`), 'begun'],
  ]
  for (const [where, bytes, framing] of answers) {
    for (const how of ['closes', 'resets'] as const) {
      test(`${where} and ${how}`, async () => {
        const script = async (peer: RawPeer) => {
          await peer.readRequest()
          await peer.write(bytes)
          if (framing === 'begun') await clientHasHead.promise
          if (how === 'closes') peer.end()
          else peer.reset()
        }
        const clientHasHead = Promise.withResolvers<void>()
        await withPeers(gateway, { script }, async ({ open, request, backend }) => {
          using client = await open()
          const all = allOf(client)
          client.socket.once('data', () => clientHasHead.resolve())
          client.send(request('POST', '/stops', [...closing, 'Content-Length: 2'], 'hi'))
          const received = await all
          if (framing === 'none') assertAnswer(received, 504, networkError)
          else assertBrokenOff(received)
          assert.equal(backend.peers.length, 1)
        })
      })
    }
  }

  test('in a body that is mapped whole: the client gets an answer, not half of one', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      peer.reset()
    }
    const endpoint = { type: 'HTTP', readsBody: true } as const
    await withPeers(gateway, { script, endpoint }, async ({ request, say }) => {
      assertAnswer(await say(request('GET', '/mapped')), 504, networkError)
    })
  })

  test('without framing: its end is the end of the body', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write('HTTP/1.0 200 OK\r\n\r\nwhole')
      peer.end()
    }
    await withPeers(gateway, { script }, async ({ request, say }) => {
      assert.match(await say(request('GET', '/old')), /whole/)
    })
  })
})

describe('a backend that sends 12 MB', () => {
  const content = Buffer.alloc(12_000_000, 'x')

  test('and says so: 500 before a byte of it', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`)
      await peer.write(content)
    }
    await withPeers(gateway, { script }, async ({ request, say }) => {
      assertAnswer(await say(request('GET', '/long')), 500, '{"message": "Internal server error"}')
    })
  })

  for (const [how, head] of [
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb71b00\r\n'],
    ['until it closes', 'HTTP/1.1 200 OK\r\n\r\n'],
  ] as const) {
    test(`${how}: the answer breaks off, at most at the limit`, async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write(head)
        await peer.write(content)
        await peer.write('\r\n0\r\n\r\n')
        peer.end()
      }
      await withPeers(gateway, { script }, async ({ open, request }) => {
        using client = await open()
        client.send(request('GET', '/long'))
        const received = await allOf(client)
        assertBrokenOff(received)
        // The head has letters of its own, as many as chance gives its ids.
        const answered = received.slice(received.indexOf('\r\n\r\n'))
        assert.ok(answered.split('x').length - 1 <= payloadBytesMax)
      })
    })
  }
})

describe('a backend that answers before the request has ended', () => {
  const script = async (peer: RawPeer) => {
    await peer.readHead()
    await peer.write(okResponse('early', closing))
    await peer.readToEnd()
  }

  test('and the client sends on: it gets the answer, and its connection is kept', async () => {
    await withPeers(gateway, { script }, async ({ open, request }) => {
      using client = await open()
      client.send(request('POST', '/early', ['Content-Length: 3000000'], 'x'.repeat(1_000_000)))
      await client.until((text) => text.endsWith('early'))
      client.send('x'.repeat(2_000_000) + request('POST', '/next', closing))
      const received = await client.untilClosed()
      assert.equal(received.split('HTTP/1.1 200 OK').length, 3)
    })
  })

  test('and the client sends chunks without end: it gets the answer, and is let go', async () => {
    await withPeers(gateway, { script }, async ({ open, request }) => {
      using client = await open()
      client.send(request('POST', '/early', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n'))
      const received = await client.until((text) => text.endsWith('early'))
      assert.match(received, /\r\nConnection: close\r\n/)
      client.socket.on('error', () => {})
      while (!client.socket.destroyed) {
        client.send(`ffff\r\n${'x'.repeat(0xffff)}\r\n`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
  })

  test('and resets: the answer has arrived, so the client gets it', async () => {
    const resetting = async (peer: RawPeer) => {
      await peer.readHead()
      await peer.write(okResponse('early'))
      await answered.promise
      peer.reset()
    }
    const answered = Promise.withResolvers<void>()
    await withPeers(gateway, { script: resetting }, async ({ open, request }) => {
      using client = await open()
      client.send(request('POST', '/early', ['Content-Length: 3000000'], 'x'.repeat(1_000_000)))
      await client.until((text) => text.endsWith('early'))
      answered.resolve()
    })
  })
})

function chunked(content: string): string {
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${content}`
}
