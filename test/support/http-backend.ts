import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An integration endpoint for tests: a real server on a free port. */
export interface HttpBackend {
  readonly port: number
  /** `127.0.0.1:PORT`. */
  readonly authority: string
  /** Requests served. */
  count(): number
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one that answers with `respond`. */
export async function startHttpBackend(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpBackend> {
  let served = 0
  const server = createServer((request, response) => {
    served += 1
    respond(request, response)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    port,
    authority: `127.0.0.1:${port}`,
    count: () => served,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One that answers 200 with its own name and what it was asked, as JSON. */
export function startNamedBackend(name: string): Promise<HttpBackend> {
  return startHttpBackend((request, response) => {
    request.resume()
    request.on('end', () => {
      const body = JSON.stringify({ name, method: request.method, url: request.url })
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
  })
}
