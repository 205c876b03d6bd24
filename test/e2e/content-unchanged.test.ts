import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { publishEndpoint } from '../support/published-endpoint.ts'
import { startGateway } from '../support/running-gateway.ts'

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

/** Reads in pieces, and turns to something else after some, so that writers must wait. */
async function digestSlowly(message: IncomingMessage): Promise<string> {
  const hash = createHash('sha256')
  let count = 0
  for await (const piece of message as AsyncIterable<Buffer>) {
    hash.update(piece)
    count += 1
    if (count % 8 === 0) await turn()
  }
  return hash.digest('hex')
}

// The memory of a piece is given back when it is sent: one that was not would arrive empty or torn.
describe('content of several MB', () => {
  test('arrives as it was sent, on both sides, whoever is slow', async (t) => {
    await using gateway = await startGateway({ arguments: ['--memory'] })
    const contents = Array.from({ length: 6 }, (_, n) => randomBytes(1_000_000 + n * 777_777))
    const backend = createServer((req, res) => {
      const content = contents[Number(req.url?.slice(1))] ?? Buffer.alloc(0)
      const isChunked = req.headers['transfer-encoding'] !== undefined
      void digestSlowly(req).then((digest) => {
        res.setHeader('x-sha256', digest)
        if (!isChunked) res.setHeader('Content-Length', content.length)
        Readable.from(cut(content)).pipe(res)
      })
    })
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
    t.after(() => backend.close())
    // A TCP server that listens has an AddressInfo.
    const { port } = backend.address() as AddressInfo
    const origin = `http://127.0.0.1:${port}`
    const host = await publishEndpoint(gateway.endpoint, { restApiId: 'contents12', origin })
    const exchange = async (index: number, isChunked: boolean) => {
      const content = contents[index] ?? Buffer.alloc(0)
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = {
          host,
          ...(isChunked ? {} : { 'content-length': String(content.length) }),
        }
        const options = { method: 'POST', path: `/prod/${index}`, headers }
        const sent = request(gateway.endpoint, options, resolve).on('error', reject)
        Readable.from(cut(content)).pipe(sent)
      })
      assert.equal(answer.statusCode, 200)
      assert.equal(answer.headers['x-sha256'], sha256(content))
      assert.equal(await digestSlowly(answer), sha256(content))
    }
    await Promise.all(
      contents.flatMap((_, index) => [exchange(index, true), exchange(index, false)]),
    )
  })
})

/** Pieces of uneven sizes, small ones among them. */
function* cut(content: Buffer): Generator<Buffer> {
  const sizes = [100, 65_536, 4095, 4096, 200_000, 1]
  let offset = 0
  for (let turnCount = 0; offset < content.length; turnCount += 1) {
    const size = sizes[turnCount % sizes.length] ?? 1
    yield content.subarray(offset, offset + size)
    offset += size
  }
}
