import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { findSignature, type FoundSignature } from './find-signature.ts'

/** A call that the server got, its signature right. */
export interface ServiceCall extends FoundSignature {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface AwsServiceServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly calls: readonly ServiceCall[]
}

/** Of the one holder of credentials that the server knows. */
export const serviceKey = { accessKeyId: 'AKIDSERVICE', secretAccessKey: 'sErViCe/secret+key' }

/** Services of AWS that take signed calls alone; a wrong signature is answered 403, as AWS does. */
export async function startAwsServiceServer(
  t: Pick<TestContext, 'after'>,
  answer: (call: ServiceCall) => { readonly status: number; readonly body: string },
): Promise<AwsServiceServer> {
  const calls: ServiceCall[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const signature = await findSignature(request, body, serviceKey)
    if (signature === undefined) {
      response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0' })
      response.end('{"__type":"InvalidSignatureException"}')
      return
    }
    const { method = '', url = '', headers } = request
    const call = { ...signature, method, target: url, headers, body }
    calls.push(call)
    const answered = answer(call)
    response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(answered.body)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, calls }
}
