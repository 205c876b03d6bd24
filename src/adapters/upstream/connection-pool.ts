import type {
  UpstreamAddress,
  UpstreamClientCertificate,
  UpstreamOrigin,
} from '../../ports/upstream.ts'
import type { Carrier, Exchange } from './exchange.ts'
import type { Ripener } from './ripener.ts'
import { WaitingLine } from './waiting-line.ts'

/** One connection to an origin, carrying one exchange at a time. */
export interface OriginConnection {
  /** Monotonic time until which the connection may lie idle. The pool's own. */
  idleUntilMs: number
  readonly isDestroyed: boolean
  /** Carries the exchange; waits for the connection to be established first. */
  send(exchange: Exchange): void
  /** Ends what it carries as broken and closes. */
  destroy(detail: string): void
  /** Monotonic time since which a reader waits for content; undefined when none does. */
  readonly contentWaitingSinceMs: number | undefined
  /** How long that reader may wait; undefined: as long as the pool says. */
  readonly contentIdleMs: number | undefined
}

/** What a connection tells its pool. */
export interface ConnectionEvents {
  /** The exchange is over and another may follow. `keepAliveSeconds` is the server's hint. */
  onFree(connection: OriginConnection, keepAliveSeconds: number | undefined): void
  /** Its exchange is over before the connection stands: it may carry another instead. */
  onUnclaimed(connection: OriginConnection): void
  /** The connection is closed. `retry` goes out again, on a fresh connection. */
  onGone(connection: OriginConnection, retry: Exchange | undefined): void
}

/** What a pool connects to: requests with different trust never share a connection. */
export interface Destination {
  readonly origin: UpstreamOrigin
  /** Where the sockets go: the origin's own address unless the request says another. */
  readonly address: UpstreamAddress
  readonly insecureSkipVerification: boolean
  readonly clientCertificate: UpstreamClientCertificate | undefined
}

/** Opens connections. */
export type Dial = (destination: Destination, events: ConnectionEvents) => OriginConnection

export interface PoolLimits {
  readonly connectionsPerOriginMax: number
  readonly waitingPerOriginMax: number
  /** How long a connection lies idle when the server says nothing. */
  readonly idleMs: number
  /** How long it lies idle at most, whatever the server says. */
  readonly idleMsMax: number
  /** How long a connection may take to be established when nobody waits for it any more. */
  readonly unclaimedMsMax: number
  /** How long a reader may wait for the next piece of a response. */
  readonly contentIdleMsMax: number
}

interface PoolInput {
  readonly destination: Destination
  readonly dial: Dial
  readonly limits: PoolLimits
  readonly ripener: Ripener
}

/** The server may close first by this much: its clock, and the way there and back. */
const keepAliveMarginMs = 1000

/**
 * The connections to one origin.
 *
 * The most recently used idle connection is taken first, so that surplus ones grow old and close. At the
 * limit an exchange waits, first come first served, within its own time.
 */
export class ConnectionPool implements Carrier, ConnectionEvents {
  readonly #destination: Destination
  readonly #dial: Dial
  readonly #limits: PoolLimits
  readonly #ripener: Ripener
  readonly #connections = new Set<OriginConnection>()
  readonly #idle: OriginConnection[] = []
  /** Still connecting, for nobody in particular. */
  readonly #unclaimed: OriginConnection[] = []
  readonly #waiting = new WaitingLine()
  #isClosing = false
  /** Monotonic time of the last exchange. */
  lastUsedMs = 0

  constructor({ destination, dial, limits, ripener }: PoolInput) {
    this.#destination = destination
    this.#dial = dial
    this.#limits = limits
    this.#ripener = ripener
  }

  /** True when the pool can be forgotten. */
  get isEmpty(): boolean {
    return this.#connections.size === 0 && this.#waiting.size === 0
  }

  /** True when no connection carries or awaits an exchange. */
  get isIdle(): boolean {
    const restingCount = this.#idle.length + this.#unclaimed.length
    return this.#connections.size === restingCount && this.#waiting.size === 0
  }

  submit(exchange: Exchange, nowMs: number): void {
    this.lastUsedMs = nowMs
    const connection = this.#takeIdle(nowMs) ?? this.#unclaimed.shift()
    if (connection !== undefined) connection.send(exchange)
    else if (this.#connections.size < this.#limits.connectionsPerOriginMax) this.#open(exchange)
    else if (this.#waiting.size < this.#limits.waitingPerOriginMax) {
      exchange.carrier = this
      this.#waiting.add(exchange)
    } else {
      const detail = `${this.#waiting.size} requests wait for a connection already`
      exchange.fail({ outcome: 'broken', detail })
    }
  }

  abandon(exchange: Exchange): void {
    this.#waiting.remove(exchange)
  }

  onFree(connection: OriginConnection, keepAliveSeconds: number | undefined): void {
    remove(this.#unclaimed, connection)
    const idleMs = this.#idleMsFor(keepAliveSeconds)
    if (idleMs <= 0 || (this.#isClosing && this.#waiting.size === 0)) {
      return connection.destroy('the connection is not kept')
    }
    connection.idleUntilMs = performance.now() + idleMs
    this.#ripener.add(connection, this)
  }

  onUnclaimed(connection: OriginConnection): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) return connection.send(waiting)
    if (this.#isClosing) return connection.destroy('the upstream client is closed')
    connection.idleUntilMs = performance.now() + this.#limits.unclaimedMsMax
    this.#unclaimed.push(connection)
  }

  /** Takes back a connection on which nothing unexpected arrived after its last response. */
  takeRipe(connection: OriginConnection): void {
    if (connection.isDestroyed) return
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) connection.send(waiting)
    else if (this.#isClosing) connection.destroy('the upstream client is closed')
    else this.#idle.push(connection)
  }

  onGone(connection: OriginConnection, retry: Exchange | undefined): void {
    this.#connections.delete(connection)
    remove(this.#idle, connection)
    remove(this.#unclaimed, connection)
    if (retry !== undefined) return this.#open(retry)
    if (this.#connections.size >= this.#limits.connectionsPerOriginMax) return
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) this.#open(waiting)
  }

  /** Closes connections that lay idle too long and breaks responses that stopped coming. */
  sweep(nowMs: number): void {
    for (const connection of this.#resting()) {
      if (connection.idleUntilMs <= nowMs) this.#close(connection, 'idle for too long')
    }
    const { contentIdleMsMax } = this.#limits
    for (const connection of this.#connections) {
      const since = connection.contentWaitingSinceMs
      if (since === undefined) continue
      const idleMs = Math.min(connection.contentIdleMs ?? contentIdleMsMax, contentIdleMsMax)
      if (since <= nowMs - idleMs) connection.destroy(`no content for ${idleMs} ms`)
    }
  }

  /** Closes idle connections now and keeps none from now on. */
  close(): void {
    this.#isClosing = true
    for (const connection of [...this.#idle])
      this.#close(connection, 'the upstream client is closed')
  }

  #idleMsFor(keepAliveSeconds: number | undefined): number {
    if (keepAliveSeconds === undefined) return this.#limits.idleMs
    return Math.min(keepAliveSeconds * 1000 - keepAliveMarginMs, this.#limits.idleMsMax)
  }

  #takeIdle(nowMs: number): OriginConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined) return undefined
      if (!connection.isDestroyed && connection.idleUntilMs > nowMs) return connection
      connection.destroy('idle for too long')
    }
  }

  #resting(): OriginConnection[] {
    return [...this.#idle, ...this.#unclaimed]
  }

  #close(connection: OriginConnection, detail: string): void {
    remove(this.#idle, connection)
    remove(this.#unclaimed, connection)
    connection.destroy(detail)
  }

  #open(exchange: Exchange): void {
    const connection = this.#dial(this.#destination, this)
    this.#connections.add(connection)
    connection.send(exchange)
  }
}

function remove(connections: OriginConnection[], connection: OriginConnection): void {
  const position = connections.indexOf(connection)
  if (position !== -1) connections.splice(position, 1)
}
