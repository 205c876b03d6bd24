import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeCertificate, type Certificate } from '../support/certificates.ts'
import { withPeers } from '../support/peer-scene.ts'
import { okResponse, type RawPeer } from '../support/raw-backend.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

const authority = makeCertificate({ subject: 'Private authority', isAuthority: true })
const stranger = makeCertificate({ subject: 'Unknown authority', isAuthority: true })
const addresses = ['127.0.0.1']

let gateway: RunningGateway
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-authority-'))
before(async () => {
  const path = join(directory, 'authority.pem')
  writeFileSync(path, authority.certificatePem)
  gateway = await startGateway({ arguments: ['--memory', '--upstream-ca', path] })
})
after(async () => {
  await gateway[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

const networkError = '{"message": "Network error communicating with endpoint"}'
const timedOut = '{"message": "Endpoint request timed out"}'

const serve = async (peer: RawPeer) => {
  await peer.readRequest()
  await peer.write(okResponse('secret', ['Connection: close']))
  await peer.readToEnd()
}

/** What a client gets through an endpoint with this certificate. */
async function ask(certificate: Certificate, insecureSkipVerification: boolean): Promise<string> {
  let received = ''
  await withPeers(
    gateway,
    {
      script: serve,
      backend: { tls: certificate },
      endpoint: { members: { tlsConfig: { insecureSkipVerification } } },
    },
    async ({ request, say, backend }) => {
      received = await say(request('GET', '/tls'))
      if (!received.startsWith('HTTP/1.1 200')) assert.equal(backend.requests.length, 0)
    },
  )
  return received
}

describe('an https endpoint whose certificate', () => {
  const cases: readonly {
    readonly what: string
    readonly certificate: Certificate
    readonly isTrusted: boolean
    /** With insecureSkipVerification. */
    readonly isTakenUnverified: boolean
  }[] = [
    {
      what: 'is of an authority in --upstream-ca',
      certificate: makeCertificate({ subject: 'backend', issuer: authority, addresses }),
      isTrusted: true,
      isTakenUnverified: true,
    },
    {
      what: 'is of an unknown authority',
      certificate: makeCertificate({ subject: 'backend', issuer: stranger, addresses }),
      isTrusted: false,
      isTakenUnverified: true,
    },
    {
      what: 'names another host',
      certificate: makeCertificate({
        subject: 'backend',
        issuer: authority,
        dnsNames: ['other.example'],
      }),
      isTrusted: false,
      isTakenUnverified: false,
    },
    {
      what: 'has expired',
      certificate: makeCertificate({
        subject: 'backend',
        issuer: authority,
        addresses,
        validFromDays: -3,
        validToDays: -1,
      }),
      isTrusted: false,
      isTakenUnverified: false,
    },
    {
      what: 'is not valid yet',
      certificate: makeCertificate({
        subject: 'backend',
        issuer: authority,
        addresses,
        validFromDays: 1,
      }),
      isTrusted: false,
      isTakenUnverified: false,
    },
    {
      what: 'signs itself, as an authority',
      certificate: makeCertificate({ subject: 'backend', addresses, isAuthority: true }),
      isTrusted: false,
      isTakenUnverified: true,
    },
  ]
  for (const { what, certificate, isTrusted, isTakenUnverified } of cases) {
    for (const [how, isSkipped, isTaken] of [
      ['', false, isTrusted],
      [', with insecureSkipVerification,', true, isTakenUnverified],
    ] as const) {
      test(`${what}${how} is ${isTaken ? 'asked' : 'told nothing'}`, async () => {
        const received = await ask(certificate, isSkipped)
        if (isTaken) assert.match(received, /^HTTP\/1\.1 200 OK\r\n[^]*secret$/)
        else {
          assert.match(received, /^HTTP\/1\.1 500 Internal Server Error\r\n/)
          assert.ok(received.endsWith('{"message": "Internal server error"}'), received)
        }
      })
    }
  }
})

describe('an https endpoint that', () => {
  const certificate = makeCertificate({ subject: 'backend', issuer: authority, addresses })

  test('speaks no TLS is a network error', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readBytes(1)
      await peer.write('HTTP/1.1 400 Bad Request\r\n\r\n')
      peer.end()
    }
    await withPeers(gateway, { script, endpoint: { protocol: 'https' } }, async (scene) => {
      assert.ok((await scene.say(scene.request('GET', '/plain'))).endsWith(networkError))
    })
  })

  test('never ends its handshake is given up in time', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readToEnd()
    }
    const endpoint = { protocol: 'https', members: { timeoutInMillis: 100 } } as const
    await withPeers(gateway, { script, endpoint }, async ({ say, request }) => {
      assert.ok((await say(request('GET', '/mute'))).endsWith(timedOut))
    })
  })

  test('never answers is given up in time', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.readToEnd()
    }
    const endpoint = { members: { timeoutInMillis: 300 } }
    const scene = { script, endpoint, backend: { tls: certificate } }
    await withPeers(gateway, scene, async ({ say, request }) => {
      assert.ok((await say(request('GET', '/slow'))).endsWith(timedOut))
    })
  })

  test('breaks off its long body breaks off the answer', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      const long = 'x'.repeat(0x11170)
      await peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      await peer.write(`11170\r\n${long}\r\n5\r\nhello\r\n`)
      await begun.promise
      peer.reset()
    }
    const begun = Promise.withResolvers<void>()
    await withPeers(gateway, { script, backend: { tls: certificate } }, async (scene) => {
      using client = await scene.open()
      client.send(scene.request('GET', '/half'))
      await client.until((text) => text.includes('hello'))
      begun.resolve()
      const received = await client.untilClosed().catch(() => '')
      assert.doesNotMatch(received, /\r\n0\r\n\r\n$/)
    })
  })

  test('is left when the client goes away', async () => {
    const script = async (peer: RawPeer) => {
      await peer.readRequest()
      await peer.readToEnd()
    }
    await withPeers(gateway, { script, backend: { tls: certificate } }, async (scene) => {
      const client = await scene.open()
      client.send(scene.request('GET', '/wait', []))
      const peer = await scene.backend.accepted(0)
      while (scene.backend.requests.length === 0) await new Promise((next) => setImmediate(next))
      client.socket.destroy()
      await peer.closed
    })
  })
})
