import { SignatureV4 } from '@smithy/signature-v4'
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer as createTlsServer } from 'node:https'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { text } from 'node:stream/consumers'
import type { Certificate } from './certificates.ts'

/** A call that the server got, its signature checked. */
export interface LambdaCall {
  readonly functionName: string
  readonly qualifier: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly url: string
}

/** What the server answers. */
export interface LambdaAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface LambdaServer {
  readonly url: URL
  readonly calls: readonly LambdaCall[]
  /** Connections that were opened so far. */
  connectionsCount(): number
}

/** Of the one holder of credentials that the server knows. */
export const lambdaServerKey = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/**
 * A Lambda that takes signed calls alone: the official SDK's signer signs each anew and judges. `answer`
 * may be undefined: the call is left without one.
 */
export async function startLambdaServer(
  t: Pick<TestContext, 'after'>,
  answer: (call: LambdaCall) => LambdaAnswer | undefined,
  /** Absent: it speaks no TLS. */
  certificate?: Certificate,
): Promise<LambdaServer> {
  const calls: LambdaCall[] = []
  let connectionsCount = 0
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const url = new URL(request.url ?? '', 'http://server')
    const match = /\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname)
    if (match === null || request.method !== 'POST') return write(response, { status: 404 })
    if (!(await isSigned(request, url, body))) {
      return write(response, {
        status: 403,
        headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
        body: '{"message":"The request signature we calculated does not match"}',
      })
    }
    const call: LambdaCall = {
      functionName: decodeURIComponent(match[1] ?? ''),
      qualifier: url.searchParams.get('Qualifier') ?? undefined,
      headers: request.headers,
      body,
      url: request.url ?? '',
    }
    calls.push(call)
    const answered = answer(call)
    if (answered !== undefined) write(response, answered)
  }
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response)
  }
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certificatePem, key: certificate.keyPem }, listener)
  server.on('connection', () => (connectionsCount += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`),
    calls,
    connectionsCount: () => connectionsCount,
  }
}

function write(response: ServerResponse, { status, headers, body }: LambdaAnswer): void {
  response.writeHead(status, { 'x-amzn-requestid': randomUUID(), ...headers })
  response.end(body)
}

async function isSigned(request: IncomingMessage, url: URL, body: string): Promise<boolean> {
  const { headers } = request
  const authorization = headers.authorization ?? ''
  const match = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(
    authorization,
  )
  if (match === null) return false
  const [, region = '', service = '', names = ''] = match
  const signedNames = names.split(';').filter((name) => name !== 'x-amz-date')
  const token = headers['x-amz-security-token']
  const signer = new SignatureV4({
    service,
    region,
    credentials: {
      ...lambdaServerKey,
      ...(typeof token === 'string' ? { sessionToken: token } : {}),
    },
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(signedNames.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: dateOf(String(headers['x-amz-date'])) },
  )
  return signed.headers['authorization'] === authorization && service === 'lambda'
}

/** Of `20150830T123600Z`. */
function dateOf(dateTime: string): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(dateTime) ?? []
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(Uint8Array.from(this.#hash.digest()))
  }

  reset(): void {}
}

function bytesOf(given: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (given instanceof ArrayBuffer) return new Uint8Array(given)
  return new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
}
