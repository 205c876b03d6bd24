import { connect, type Socket } from 'node:net'

/** A connection that says bytes and shows bytes: for what a client library would not send. */
export interface RawClient {
  readonly socket: Socket
  send(text: string): void
  /** Everything received until the server ends the connection. Rejects when it is reset. */
  untilClosed(): Promise<string>
  /** Everything received so far, as soon as `isEnough` of it. Rejects when the connection closes first. */
  until(isEnough: (received: string) => boolean): Promise<string>
  [Symbol.dispose](): void
}

/** Connects to a local port. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let received = ''
  let error: Error | undefined
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.setEncoding('latin1').on('data', (text: string) => (received += text))
  socket.on('error', (reason) => (error = reason))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  return {
    socket,
    send: (text) => void socket.write(text, 'latin1'),
    async untilClosed() {
      await closed
      if (error !== undefined) throw error
      return received
    },
    until(isEnough) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!isEnough(received)) return
          socket.off('data', look)
          resolve(received)
        }
        socket.on('data', look)
        void closed.then(() => reject(new Error(`closed after ${JSON.stringify(received)}`)))
        look()
      })
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}
