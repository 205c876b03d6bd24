import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { headerBytesMax, payloadBytesMax, urlCharactersMax } from '../../src/aws/limits.ts'
import { withPeers, type PeerScene } from '../support/peer-scene.ts'
import { answering, okResponse } from '../support/raw-backend.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
before(async () => {
  gateway = await startGateway({ arguments: ['--memory'] })
})
after(async () => {
  await gateway[Symbol.asyncDispose]()
})

const script = answering(({ content }) =>
  okResponse(`took ${content.length}`, ['Connection: close']),
)
const close = 'Connection: close'

const onScene = (run: (scene: PeerScene) => Promise<void>) => withPeers(gateway, { script }, run)

describe('a request body', () => {
  const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`
  const wholeInChunks = `${piece.repeat(payloadBytesMax / 65_536)}0\r\n\r\n`

  test('of 10 MB passes, declared and in chunks', async () => {
    await onScene(async ({ say, request }) => {
      const declared = [close, `Content-Length: ${payloadBytesMax}`]
      const content = 'x'.repeat(payloadBytesMax)
      assert.match(await say(request('POST', '/a', declared, content)), /took 10485760$/)
      const chunked = [close, 'Transfer-Encoding: chunked']
      assert.match(await say(request('POST', '/b', chunked, wholeInChunks)), /took 10485760$/)
    })
  })

  const tooLong = 'HTTP content length exceeded 10485760 bytes.'

  test('declared longer is refused before it comes', async () => {
    await onScene(async ({ say, request, backend }) => {
      const received = await say(request('POST', '/a', [`Content-Length: ${payloadBytesMax + 1}`]))
      assert.match(received, /^HTTP\/1\.1 413 Payload Too Large\r\n/)
      assert.match(received, /\r\nContent-Type: text; charset=utf-8\r\n/)
      assert.doesNotMatch(received, /x-amzn-/i)
      assert.ok(received.endsWith(`\r\n\r\n${tooLong}`), received)
      assert.equal(backend.peers.length, 0)
    })
  })

  test('declared longer is refused while all of it comes', async () => {
    await onScene(async ({ open, request }) => {
      using client = await open()
      const content = 'x'.repeat(payloadBytesMax + 1)
      client.send(request('POST', '/a', [`Content-Length: ${content.length}`], content))
      await client.until((text) => text.endsWith(tooLong))
    })
  })

  test('in chunks that grows longer is refused where it does, and no backend takes it for whole', async () => {
    await onScene(async ({ open, request, backend }) => {
      using client = await open()
      const chunked = ['Transfer-Encoding: chunked']
      client.send(request('POST', '/a', chunked, `${piece.repeat(161)}0\r\n\r\n`))
      const received = await client.until((text) => text.endsWith(tooLong))
      assert.match(received, /^HTTP\/1\.1 413 Payload Too Large\r\n/)
      assert.equal(backend.requests.length, 0)
    })
  })
})

describe('a request head', () => {
  const json = (message: string) => JSON.stringify({ message })

  test('with a URL at the limit passes, and above it gets 414', async () => {
    await onScene(async ({ say, request }) => {
      const room = urlCharactersMax - '/prod/'.length
      assert.match(await say(request('GET', `/${'x'.repeat(room)}`)), /^HTTP\/1\.1 200 /)
      const received = await say(request('GET', `/${'x'.repeat(room + 1)}`))
      assert.match(received, /^HTTP\/1\.1 414 URI Too Long\r\n/)
      assert.ok(received.endsWith(json('Request URI too long')), received)
    })
  })

  test("at AWS's limit of its line, names and values passes, and above it gets 431", async () => {
    await onScene(async ({ say, request }) => {
      const lines = request('GET', '/a', [close]).trimEnd().split('\r\n')
      const counted = `${lines.join('')}X`.length - (lines.length - 1) * ': '.length
      const fill = 'x'.repeat(headerBytesMax - counted)
      assert.match(await say(request('GET', '/a', [close, `X: ${fill}`])), /^HTTP\/1\.1 200 /)
      for (const more of ['x', 'x'.repeat(10_000)]) {
        const received = await say(request('GET', '/a', [close, `X: ${fill}${more}`]))
        assert.match(received, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
        assert.ok(received.endsWith(json('Request header fields too large')), received)
      }
    })
  })

  test('of a thousand short fields passes', async () => {
    await onScene(async ({ say, request, backend }) => {
      const fields = Array.from({ length: 1000 }, (_, number) => `x-${number}: y`)
      assert.match(await say(request('GET', '/a', [close, ...fields])), /^HTTP\/1\.1 200 /)
      assert.equal(backend.requests[0]?.fields.filter((field) => /^x-\d/.test(field)).length, 1000)
    })
  })
})
