import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { ListenAddress } from './listen-address.ts'

/** A listening socket. */
export interface Listener {
  /** With the port that was taken when 0 was asked for. */
  readonly address: ListenAddress
  /** Accepts nothing more. Connections that were accepted are not touched. */
  close(): Promise<void>
}

/** What a listener does with a connection: it is paused, and nothing of it has been read. */
export type ConnectionReceiver = (socket: Socket) => void

/**
 * Listens, and gives every accepted connection away unread.
 *
 * The listening socket stays with its opener, not with whoever serves: its queue of connections
 * survives every worker. A listener knows sockets only. TLS by the first byte, SNI and HTTP/2 belong
 * where the bytes are read: between the hand-over and `HttpFront.takeConnection`.
 *
 * Rejects with the error of the system when the address cannot be had.
 * Chosen: docs/decisions/0004-workers-and-connections.md
 */
export function openListener(
  address: ListenAddress,
  receive: ConnectionReceiver,
): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, receive)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
      server.off('error', reject)
      // Running out of descriptors ends no listener: the next accept may succeed.
      server.on('error', () => {})
      // A TCP server's address is never a text.
      const { port } = server.address() as AddressInfo
      resolve({
        address: Object.freeze({ host: address.host, port }),
        close: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })
}
