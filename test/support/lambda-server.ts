import { randomUUID } from 'node:crypto'
import { createServer as createTlsServer } from 'node:https'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { text } from 'node:stream/consumers'
import type { Certificate } from './certificates.ts'
import { findSignature } from './find-signature.ts'

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
  /** Writes the body, in place of it. */
  readonly write?: (response: ServerResponse) => void
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
    const match =
      /\/(?:2015-03-31\/functions\/([^/]+)\/invocations|2021-11-15\/functions\/([^/]+)\/response-streaming-invocations)$/.exec(
        url.pathname,
      )
    if (match === null || request.method !== 'POST') return write(response, { status: 404 })
    const signature = await findSignature(request, body, lambdaServerKey)
    if (signature?.service !== 'lambda') {
      return write(response, {
        status: 403,
        headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
        body: '{"message":"The request signature we calculated does not match"}',
      })
    }
    const call: LambdaCall = {
      functionName: decodeURIComponent(match[1] ?? match[2] ?? ''),
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

function write(response: ServerResponse, { status, headers, body, write }: LambdaAnswer): void {
  response.writeHead(status, { 'x-amzn-requestid': randomUUID(), ...headers })
  if (write === undefined) response.end(body)
  else write(response)
}
