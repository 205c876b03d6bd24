import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { withPeers, type PeerScene } from '../support/peer-scene.ts'
import { processFigures } from '../support/process-figures.ts'
import { okResponse, type RawPeer } from '../support/raw-backend.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
before(async () => {
  gateway = await startGateway({ arguments: ['--memory'] })
})
after(async () => {
  await gateway[Symbol.asyncDispose]()
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Resolves with the number once it has not changed for a fifth of a second. */
async function untilStill(count: () => number): Promise<number> {
  let last = count()
  let sinceMs = performance.now()
  while (performance.now() - sinceMs < 200) {
    await turn()
    if (count() === last) continue
    last = count()
    sinceMs = performance.now()
  }
  return last
}

/** Fails when the backend's connection is not closed soon. */
async function assertClosedSoon(peer: RawPeer): Promise<void> {
  const startMs = performance.now()
  await peer.closed
  const tookMs = performance.now() - startMs
  assert.ok(tookMs < 5000, `${tookMs} ms`)
}

const never = async (peer: RawPeer) => {
  await peer.readHead()
  await peer.readToEnd()
}

describe('a client that goes away', () => {
  const ways = {
    closes: ({ socket }: Awaited<ReturnType<PeerScene['open']>>) => socket.destroy(),
    resets: ({ socket }: Awaited<ReturnType<PeerScene['open']>>) => socket.resetAndDestroy(),
  }
  for (const [how, leave] of Object.entries(ways)) {
    test(`and ${how} while it waits for an answer: the backend's connection is closed`, async () => {
      await withPeers(gateway, { script: never }, async ({ open, request, backend }) => {
        const client = await open()
        client.send(request('GET', '/wait', []))
        const peer = await backend.accepted(0)
        leave(client)
        await assertClosedSoon(peer)
      })
    })

    for (const framing of ['Content-Length: 1000000', 'Transfer-Encoding: chunked']) {
      test(`and ${how} in its body (${framing}): no backend takes half of it for whole`, async () => {
        const script = async (peer: RawPeer) => {
          await peer.readHead()
          content = Buffer.concat([await peer.readBytes(5), await peer.readToEnd()])
        }
        let content = Buffer.alloc(0)
        await withPeers(gateway, { script }, async ({ open, request, backend }) => {
          const client = await open()
          const piece = framing.startsWith('C') ? 'hello' : '5\r\nhello\r\n'
          client.send(request('POST', '/upload', [framing], piece))
          const peer = await backend.accepted(0)
          await untilStill(() => gateway.process.pid ?? 0)
          leave(client)
          await assertClosedSoon(peer)
          await turn()
          assert.doesNotMatch(content.toString('latin1'), /0\r\n\r\n$/)
          assert.ok(content.length < 1_000_000)
        })
      })
    }

    test(`and ${how} in its answer: the backend stops`, async () => {
      const script = async (peer: RawPeer) => {
        await peer.readRequest()
        await peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        while (!peer.isClosed) {
          await peer.write(`ffff\r\n${'x'.repeat(0xffff)}\r\n`)
          await turn()
        }
      }
      await withPeers(gateway, { script }, async ({ open, request, backend }) => {
        const client = await open()
        client.socket.once('data', () => client.socket.pause())
        client.send(request('GET', '/download', []))
        await new Promise((resolve) => client.socket.once('data', resolve))
        leave(client)
        await assertClosedSoon(await backend.accepted(0))
      })
    })
  }

  test('and had sent several requests at once: one was executed, and its connection is closed', async () => {
    await withPeers(gateway, { script: never }, async ({ open, request, backend }) => {
      const client = await open()
      client.send(request('GET', '/wait', []).repeat(3))
      assert.equal(await untilStill(() => backend.openCount()), 1)
      client.socket.destroy()
      for (const peer of backend.peers) await assertClosedSoon(peer)
    })
  })

  test('frees its place: the next in line gets the connection', async () => {
    const placesCount = 256
    const script = async (peer: RawPeer) => {
      const { target } = await peer.readRequest()
      if (target === '/served') await peer.write(okResponse('served', ['Connection: close']))
      await peer.readToEnd()
    }
    await withPeers(gateway, { script }, async ({ open, request, backend }) => {
      const clients = await Promise.all(Array.from({ length: placesCount }, open))
      for (const client of clients) client.send(request('GET', '/wait', []))
      while (backend.openCount() < placesCount) await turn()
      using next = await open()
      next.send(request('GET', '/served'))
      assert.equal(await untilStill(() => backend.peers.length), placesCount)
      for (const client of clients) client.socket.destroy()
      assert.match(await next.untilClosed(), /^HTTP\/1\.1 200 OK[^]*served$/)
    })
  })
})

describe('clients that do not read', () => {
  test('hold one upstream connection each, however much they ask for', async () => {
    const clientsCount = 10
    const content = 'x'.repeat(600_000)
    const script = async (peer: RawPeer) => {
      for (;;) {
        const { target } = await peer.readRequest()
        await peer.write(okResponse(target === '/other' ? 'served' : content))
      }
    }
    await withPeers(gateway, { script }, async ({ open, request, backend, say }) => {
      const clients = await Promise.all(Array.from({ length: clientsCount }, open))
      for (const { socket } of clients) socket.pause()
      for (const client of clients) client.send(request('GET', '/unread', []).repeat(32))
      while (backend.peers.length < clientsCount) await turn()
      await untilStill(() => backend.requests.length)
      const openCount = backend.openCount()
      const other = await say(request('GET', '/other'))
      for (const client of clients) client.socket.destroy()
      // Beside each that is held, one may rest from the request before, and one that was being opened
      // when another came free. A connection for each of the 32 requests would be 320.
      assert.ok(openCount <= 3 * clientsCount, `${openCount} connections`)
      assert.match(other, /^HTTP\/1\.1 200 OK[^]*served$/)
    })
  })
})

describe('a client that is slow', () => {
  const bytesCount = 10_000_000
  const clientsCount = 20

  test('to read makes the backend wait, and gets every byte in the end', async (t) => {
    const content = Buffer.alloc(bytesCount, 'x')
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.write(
        `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${bytesCount}\r\n\r\n`,
      )
      await peer.write(content)
      await peer.readToEnd()
    }
    await withPeers(gateway, { script }, async ({ open, request, backend }) => {
      const residentBefore = processFigures(gateway.process.pid ?? 0).residentBytes
      const clients = await Promise.all(Array.from({ length: clientsCount }, open))
      for (const { socket } of clients) socket.removeAllListeners('data').pause()
      for (const client of clients) client.send(request('GET', '/slow'))
      const unsent = () => backend.peers.reduce((sum, peer) => sum + peer.unsentBytes, 0)
      while (backend.peers.length < clientsCount) await turn()
      const waiting = await untilStill(unsent)
      const { residentBytes } = processFigures(gateway.process.pid ?? 0)
      t.diagnostic(`${mb(waiting)} of ${mb(clientsCount * bytesCount)} wait at the backend`)
      t.diagnostic(`the gateway grew by ${mb(residentBytes - residentBefore)}`)
      assert.ok(waiting > (clientsCount * bytesCount) / 4, mb(waiting))
      assert.ok(residentBytes - residentBefore < 64e6, mb(residentBytes - residentBefore))
      const lengths = clients.map(({ socket }) => {
        let length = 0
        socket.on('data', (text: string) => (length += text.length - headLength(text))).resume()
        return new Promise((resolve) => socket.once('close', () => resolve(length)))
      })
      assert.deepEqual(new Set(await Promise.all(lengths)), new Set([bytesCount]))
    })
  })

  test('to be read from: a backend that does not read makes the client wait', async (t) => {
    const read = Promise.withResolvers<void>()
    const script = async (peer: RawPeer) => {
      await peer.readHead()
      await read.promise
      await peer.readBytes(bytesCount)
      await peer.write(okResponse('all', ['Connection: close']))
      await peer.readToEnd()
    }
    await withPeers(gateway, { script }, async ({ open, request, backend }) => {
      using client = await open()
      const fields = ['Connection: close', `Content-Length: ${bytesCount}`]
      client.send(request('POST', '/slow', fields, 'x'.repeat(bytesCount)))
      await backend.accepted(0)
      const waiting = await untilStill(() => client.socket.writableLength)
      t.diagnostic(`${mb(waiting)} of ${mb(bytesCount)} wait at the client`)
      assert.ok(waiting > 0)
      read.resolve()
      assert.match(await client.untilClosed(), /^HTTP\/1\.1 200 OK[^]*all$/)
    })
  })
})

function headLength(text: string): number {
  return text.startsWith('HTTP/1.1') ? text.indexOf('\r\n\r\n') + 4 : 0
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
