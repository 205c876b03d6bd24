import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** The peer closed the connection while the script wanted more of it. Ends a script quietly. */
export class PeerGoneError extends Error {
  override readonly name = 'PeerGoneError'
}

/** A request as it came, byte for byte. */
export interface RawRequest {
  /** Method, target and version. */
  readonly line: string
  readonly method: string
  readonly target: string
  /** `Name: value` lines as they came. */
  readonly fields: readonly string[]
  /** Chunked content is given with its framing taken off. */
  readonly content: Buffer
}

/** One accepted connection, for a script that decides each byte. Nothing is read until it is asked for. */
export interface RawPeer {
  /** 0 for the first connection. */
  readonly number: number
  readonly closed: Promise<void>
  readonly isClosed: boolean
  /** Bytes that were written and have not left the process. */
  readonly unsentBytes: number
  /** The next head, as its lines. @throws {PeerGoneError} */
  readHead(): Promise<string[]>
  /** The next request with its content. @throws {PeerGoneError} */
  readRequest(): Promise<RawRequest>
  /** @throws {PeerGoneError} */
  readBytes(count: number): Promise<Buffer>
  /** Everything until the other side closes. */
  readToEnd(): Promise<Buffer>
  /** Resolves when the bytes left the process or the connection is closed. Text is latin1. */
  write(content: string | Uint8Array): Promise<void>
  end(): void
  reset(): void
}

/** A server whose every byte is scripted. */
export interface RawBackend {
  readonly port: number
  readonly peers: readonly RawPeer[]
  readonly requests: readonly RawRequest[]
  /** Connections open now. */
  openCount(): number
  /** Resolves when the connection with this number was accepted. */
  accepted(number: number): Promise<RawPeer>
  /** Stops, and throws what a script threw. */
  [Symbol.asyncDispose](): Promise<void>
}

export interface RawBackendTls {
  readonly certificatePem: string
  readonly keyPem: string
}

export interface RawBackendOptions {
  readonly tls?: RawBackendTls
  readonly host?: string
}

/** Starts a server that plays `script` on each connection. */
export async function startRawBackend(
  script: (peer: RawPeer) => Promise<void> | void,
  { tls, host = '127.0.0.1' }: RawBackendOptions = {},
): Promise<RawBackend> {
  const peers: SocketPeer[] = []
  const requests: RawRequest[] = []
  const failures: unknown[] = []
  const awaited = new Map<number, (peer: RawPeer) => void>()

  async function play(socket: Socket): Promise<void> {
    const peer = new SocketPeer(socket, peers.length, requests)
    peers.push(peer)
    awaited.get(peer.number)?.(peer)
    try {
      await script(peer)
    } catch (error) {
      if (!(error instanceof PeerGoneError)) failures.push(error)
    }
  }

  const server: Server =
    tls === undefined
      ? createServer({ noDelay: true }, (socket) => void play(socket))
      : createTlsServer({ cert: tls.certificatePem, key: tls.keyPem }, (socket) => {
          socket.setNoDelay(true)
          void play(socket)
        })
  // A client that breaks off the handshake is the client's test, not the server's.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    port,
    peers,
    requests,
    openCount: () => peers.filter((peer) => !peer.isClosed).length,
    accepted(number) {
      const peer = peers[number]
      if (peer !== undefined) return Promise.resolve(peer)
      return new Promise((resolve) => awaited.set(number, resolve))
    },
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.reset()
      await new Promise((resolve) => server.close(resolve))
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** A script that answers each request with the same bytes, or with what a function makes of it. */
export function answering(
  answer: string | Uint8Array | ((request: RawRequest) => string | Uint8Array),
): (peer: RawPeer) => Promise<void> {
  return async (peer) => {
    for (;;) {
      const request = await peer.readRequest()
      await peer.write(typeof answer === 'function' ? answer(request) : answer)
    }
  }
}

/** A 200 with content of declared length. */
export function okResponse(content: string, fields: readonly string[] = []): string {
  const lines = ['HTTP/1.1 200 OK', ...fields, `Content-Length: ${content.length}`, '', content]
  return lines.join('\r\n')
}

class SocketPeer implements RawPeer {
  readonly number: number
  readonly closed: Promise<void>
  isClosed = false
  readonly #socket: Socket
  readonly #requests: RawRequest[]
  #held: Buffer = Buffer.alloc(0)
  #wake: (() => void) | undefined

  constructor(socket: Socket, number: number, requests: RawRequest[]) {
    this.#socket = socket
    this.number = number
    this.#requests = requests
    socket.on('readable', () => {
      this.#wake?.()
      // Without a read nobody would learn that the other side has closed.
      if (socket.readableLength === 0) socket.read()
    })
    socket.on('end', () => this.#wake?.())
    // A reset is an end like any other for a script.
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true
        this.#wake?.()
        resolve()
      })
    })
  }

  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  async readHead(): Promise<string[]> {
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n')
      if (end !== -1) {
        const head = this.#held.toString('latin1', 0, end)
        this.#held = this.#held.subarray(end + 4)
        return head.split('\r\n')
      }
      await this.#readMore()
    }
  }

  async readRequest(): Promise<RawRequest> {
    const [line = '', ...fields] = await this.readHead()
    const [method = '', target = ''] = line.split(' ')
    const content = await this.#readContent(fields)
    const request = { line, method, target, fields, content }
    this.#requests.push(request)
    return request
  }

  async readBytes(count: number): Promise<Buffer> {
    const pieces = [this.#held]
    let bytesCount = this.#held.length
    while (bytesCount < count) {
      this.#held = Buffer.alloc(0)
      await this.#readMore()
      pieces.push(this.#held)
      bytesCount += this.#held.length
    }
    const all = Buffer.concat(pieces)
    this.#held = all.subarray(count)
    return all.subarray(0, count)
  }

  async readToEnd(): Promise<Buffer> {
    const pieces: Buffer[] = []
    try {
      for (;;) {
        pieces.push(this.#held)
        this.#held = Buffer.alloc(0)
        await this.#readMore()
      }
    } catch (error) {
      if (!(error instanceof PeerGoneError)) throw error
    }
    return Buffer.concat(pieces)
  }

  write(content: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      void this.closed.then(resolve)
      this.#socket.write(
        typeof content === 'string' ? Buffer.from(content, 'latin1') : content,
        () => resolve(),
      )
    })
  }

  end(): void {
    this.#socket.end()
  }

  reset(): void {
    // A reset beside a pending end would leave the handle open, and TLS has none.
    if (this.#socket.writableEnded || 'encrypted' in this.#socket) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  async #readContent(fields: readonly string[]): Promise<Buffer> {
    const valueOf = (name: string) =>
      fields.find((field) => field.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1)
    const length = valueOf('content-length')
    if (length !== undefined) return this.readBytes(Number(length))
    return valueOf('transfer-encoding') === undefined ? Buffer.alloc(0) : this.#readChunks()
  }

  async #readChunks(): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (;;) {
      const size = Number.parseInt(await this.#readLine(), 16)
      if (Number.isNaN(size)) throw new Error('a request chunk without a size')
      pieces.push(await this.readBytes(size))
      if ((await this.#readLine()) !== '') throw new Error('a request chunk without an end')
      if (size === 0) return Buffer.concat(pieces)
    }
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#held.toString('latin1', 0, end)
        this.#held = this.#held.subarray(end + 2)
        return line
      }
      await this.#readMore()
    }
  }

  async #readMore(): Promise<void> {
    for (;;) {
      // A socket without encoding reads buffers.
      const chunk = this.#socket.read() as Buffer | null
      if (chunk !== null) {
        this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
        return
      }
      if (this.isClosed || this.#socket.readableEnded) throw new PeerGoneError('gone')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
