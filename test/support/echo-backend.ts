import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readStrictRequest } from './strict-request.ts'

/** A backend of raw sockets that answers each request with what it understood. */
export interface EchoBackend {
  readonly port: number
  /** Since the last `forget`: what was understood, in order of arrival. */
  readonly understood: readonly string[]
  /** Since the last `forget`: what could be read in two ways. */
  readonly doubts: readonly string[]
  forget(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** How an answer tells what was understood: `POST /x "content"`. The stage is left out of the target. */
export function echoOf(method: string, target: string, content: string): string {
  return `${method} ${target.replace(/^\/prod\//, '/')} ${JSON.stringify(content)}`
}

/** Starts one on a free port. */
export async function startEchoBackend(): Promise<EchoBackend> {
  const sockets = new Set<Socket>()
  const understood: string[] = []
  const doubts: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let held = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      held += text
      try {
        for (let read = readStrictRequest(held); read; read = readStrictRequest(held)) {
          held = read.rest
          const { method, target, content } = read.request
          const echo = echoOf(method, target, content)
          understood.push(echo)
          const head = `HTTP/1.1 200 OK\r\nX-Echo: 1\r\nContent-Length: ${echo.length}\r\n\r\n`
          socket.write(method === 'HEAD' ? head : head + echo, 'latin1')
        }
      } catch (error) {
        doubts.push(String(error))
        socket.destroy()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A TCP server that listens has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    understood,
    doubts,
    forget() {
      understood.length = 0
      doubts.length = 0
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
