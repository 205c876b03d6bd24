import assert from 'node:assert/strict'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { processFigures } from '../support/process-figures.ts'
import { publishEndpoint } from '../support/published-endpoint.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

const clientsCount = 200
const bodyBytes = 10_485_760
const residentBytesMax = 300e6
/** One for all: what this process holds is not what is looked at. */
const content = Buffer.alloc(bodyBytes, 'x')

/** Starts a backend that is told of each connection, and closes it with the test. */
async function startBackend(t: TestContext, take: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    take(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  // A TCP server that listens has an AddressInfo.
  return (server.address() as AddressInfo).port
}

/** Calls back once the head has come, with how many bytes of content came behind it. */
function afterHead(socket: Socket, begin: (contentLength: number) => void): void {
  let held = ''
  socket.on('data', function look(chunk: Buffer) {
    held += chunk.toString('latin1')
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) return
    socket.off('data', look)
    begin(held.length - end - 4)
  })
}

/** Sends a request and counts what comes back; the answer is not kept. */
function ask(port: number, head: string, body: Buffer | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let contentLength = 0
    socket.once('error', reject)
    socket.once('data', (first: Buffer) => {
      const status = Number(first.toString('latin1', 9, 12))
      contentLength = first.length - first.indexOf('\r\n\r\n') - 4
      socket.on('data', (chunk: Buffer) => (contentLength += chunk.length))
      socket.once('close', () => resolve({ status, contentLength }))
    })
    socket.write(head)
    if (body !== undefined) socket.write(body)
  })
}

interface Answer {
  readonly status: number
  readonly contentLength: number
}

async function askAtOnce(
  gateway: RunningGateway,
  { backendPort, method, body }: { backendPort: number; method: string; body?: Buffer },
): Promise<readonly Answer[]> {
  const host = await publishEndpoint(gateway.endpoint, {
    restApiId: 'large12345',
    origin: `http://127.0.0.1:${backendPort}`,
  })
  const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`
  const head = `${method} /prod/large HTTP/1.1\r\nHost: ${host}\r\n${length}Connection: close\r\n\r\n`
  const port = Number(new URL(gateway.endpoint).port)
  return Promise.all(Array.from({ length: clientsCount }, () => ask(port, head, body)))
}

function assertBounded(t: TestContext, gateway: RunningGateway): void {
  const { residentBytesMax: most } = processFigures(gateway.process.pid ?? 0)
  t.diagnostic(`at most ${(most / 1e6).toFixed(0)} MB resident`)
  assert.ok(most < residentBytesMax, `${most} bytes resident`)
}

/** Lets everybody begin before anybody goes on, so that all bodies are on their way at once. */
function gate(): { arrive: (goOn: () => void) => void } {
  const waiting: (() => void)[] = []
  return {
    arrive(goOn) {
      waiting.push(goOn)
      if (waiting.length === clientsCount) for (const next of waiting) next()
    },
  }
}

describe(`10 MB bodies of ${clientsCount} clients at once`, () => {
  test('pass to a backend that reads when all have begun', async (t) => {
    const { arrive } = gate()
    const lengths: number[] = []
    const backendPort = await startBackend(t, (socket) =>
      afterHead(socket, (begun) => {
        socket.pause()
        let length = begun
        arrive(() => {
          socket.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length < bodyBytes) return
            lengths.push(length)
            socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
          })
          socket.resume()
        })
      }),
    )
    await using gateway = await startGateway({ arguments: ['--memory'] })
    const answers = await askAtOnce(gateway, { backendPort, method: 'POST', body: content })
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.deepEqual(new Set(lengths), new Set([bodyBytes]))
    assertBounded(t, gateway)
  })

  test('come from a backend that sends when all have asked', async (t) => {
    const { arrive } = gate()
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\nConnection: close\r\n\r\n`
    const backendPort = await startBackend(t, (socket) =>
      afterHead(socket, () =>
        arrive(() => {
          socket.write(head)
          socket.end(content)
        }),
      ),
    )
    await using gateway = await startGateway({ arguments: ['--memory'] })
    const answers = await askAtOnce(gateway, { backendPort, method: 'GET' })
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    const lengths = new Set(answers.map(({ contentLength }) => contentLength))
    assert.deepEqual(lengths, new Set([bodyBytes]))
    assertBounded(t, gateway)
  })
})
