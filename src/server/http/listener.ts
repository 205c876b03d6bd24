import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { ListenAddress } from './listen-address.ts'

/** A listening socket. */
export interface Listener {
  /** With the port that was taken when 0 was asked for. */
  readonly address: ListenAddress
  /** Accepts nothing more. Connections that were accepted are not touched. */
  close(): Promise<void>
}

/** An address, and the flag that named it. */
export interface NamedListenAddress extends ListenAddress {
  readonly flag: string
}

/** An address that cannot be listened on. The message says why, and which flag names another. */
export class ListenError extends Error {
  override readonly name = 'ListenError'

  constructor(flag: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    super(`${reason}. ${isTaken ? 'Is another server running? ' : ''}See ${flag}`, { cause })
  }
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
 * Rejects with a `ListenError` when the address cannot be had.
 * Chosen: docs/decisions/0004-workers-and-connections.md
 */
export function openListener(
  address: NamedListenAddress,
  receive: ConnectionReceiver,
): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, receive)
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(new ListenError(address.flag, error))
    server.once('error', refuse)
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
      server.off('error', refuse)
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
