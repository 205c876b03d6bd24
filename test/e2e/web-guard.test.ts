import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { connectRaw } from '../support/raw-client.ts'

const authorization =
  'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, ' +
  'SignedHeaders=host, Signature=00'

describe('a web page', () => {
  let gateway: LocalGateway
  let authority = ''

  before(async () => {
    gateway = await startLocalGateway({ managementHost: ['gateway.internal'] })
    authority = new URL(gateway.url).host
  })

  after(() => gateway.close())

  /** What a browser sends, or what it would have to. */
  async function send(line: string, fields: readonly string[], body = ''): Promise<string> {
    using client = await connectRaw(Number(new URL(gateway.url).port))
    const lines = [
      `${line} HTTP/1.1`,
      ...fields,
      `Content-Length: ${body.length}`,
      'Connection: close',
    ]
    client.send(`${lines.join('\r\n')}\r\n\r\n${body}`)
    return await client.untilClosed()
  }

  async function apiNames(): Promise<readonly string[]> {
    const answer = await send('GET /restapis', [`Host: ${authority}`, authorization])
    const { item } = JSON.parse(answer.split('\r\n\r\n')[1] ?? '')
    return (item as { name: string }[]).map(({ name }) => name)
  }

  const create = 'POST /restapis'
  const body = JSON.stringify({ name: 'planted' })
  const refused: readonly [name: string, line: string, fields: (own: string) => string[]][] = [
    ['without credentials', create, (own) => [`Host: ${own}`]],
    [
      'of another origin',
      create,
      (own) => [`Host: ${own}`, authorization, 'Origin: http://evil.example'],
    ],
    ['of no origin (null)', create, (own) => [`Host: ${own}`, authorization, 'Origin: null']],
    [
      'that its browser calls cross-site',
      create,
      (own) => [`Host: ${own}`, authorization, 'Sec-Fetch-Site: cross-site'],
    ],
    [
      'at a name of its own (DNS rebinding)',
      create,
      () => ['Host: evil.example:4566', authorization],
    ],
    [
      'at a name that contains a good one',
      create,
      () => ['Host: 127.0.0.1.evil.example', authorization],
    ],
    ['with two names', create, (own) => [`Host: ${own}`, 'Host: evil.example', authorization]],
    [
      'at its own name, by an absolute target',
      `POST http://evil.example/restapis`,
      () => ['Host: evil.example', authorization],
    ],
    [
      'that asks for leave (preflight)',
      'OPTIONS /restapis',
      (own) => [
        `Host: ${own}`,
        'Origin: http://evil.example',
        'Access-Control-Request-Method: POST',
      ],
    ],
  ]
  for (const [name, line, fields] of refused) {
    test(`does not drive management: a request ${name}`, async () => {
      const answer = await send(line, fields(authority), body)
      assert.match(answer, /^HTTP\/1\.1 (400|403) /)
      assert.doesNotMatch(answer, /access-control-allow/i)
      assert.deepEqual(await apiNames(), [])
    })
  }

  test('does not reset the server', async () => {
    for (const fields of [
      [`Host: ${authority}`, 'Origin: http://evil.example'],
      ['Host: evil.example'],
      [`Host: ${authority}`, 'Sec-Fetch-Site: cross-site'],
    ]) {
      assert.match(await send('POST /_stagedoor/reset', fields), /^HTTP\/1\.1 403 /)
    }
  })

  test('does not read metrics at a name of its own', async () => {
    assert.match(await send('GET /_stagedoor/metrics', ['Host: evil.example']), /^HTTP\/1\.1 403 /)
    assert.match(await send('GET /_stagedoor/metrics', ['Host: 10.0.0.1']), /^HTTP\/1\.1 200 /)
  })

  test('is not what a client is that uses a name the operator gave', async () => {
    const answer = await send('GET /restapis', ['Host: gateway.internal:4566', authorization])
    assert.match(answer, /^HTTP\/1\.1 200 /)
  })
})
