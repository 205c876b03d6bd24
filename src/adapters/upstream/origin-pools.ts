import { ConnectionPool, type Dial } from './connection-pool.ts'
import { Ripener } from './ripener.ts'
import type { UpstreamLimits } from './upstream-options.ts'
import type { UpstreamClientCertificate, UpstreamRequest } from '../../ports/upstream.ts'

/** How often idle and stalled connections are looked for. */
const sweepMs = 500

/**
 * One pool for each origin that has connections.
 *
 * A pool without connections is forgotten at the next sweep. Above `originsMax` the least recently used
 * pool that carries nothing is closed; pools at work are bounded by the requests themselves.
 */
export class OriginPools {
  readonly #dial: Dial
  readonly #limits: UpstreamLimits
  readonly #ripener = new Ripener()
  readonly #pools = new Map<string, Map<number, ConnectionPool>>()
  readonly #certificateNumbers = new WeakMap<UpstreamClientCertificate, number>()
  #certificatesCount = 0
  #poolsCount = 0
  #sweeper: NodeJS.Timeout | undefined

  constructor(dial: Dial, limits: UpstreamLimits) {
    this.#dial = dial
    this.#limits = limits
  }

  get({ origin, connectTo, tls }: UpstreamRequest): ConnectionPool {
    const insecureSkipVerification = tls?.insecureSkipVerification === true
    const clientCertificate = tls?.clientCertificate
    const trusted = insecureSkipVerification ? `${origin.hostname} unverified` : origin.hostname
    const number = clientCertificate && this.#numberOf(clientCertificate)
    const authenticated = number === undefined ? trusted : `${trusted} as ${number}`
    // Neither a name nor an address has a blank in it.
    const name =
      connectTo === undefined
        ? authenticated
        : `${authenticated} at ${connectTo.hostname} ${connectTo.port}`
    // Ports are below 65536, so that one number holds the protocol too.
    const key = origin.protocol === 'https:' ? origin.port + 65_536 : origin.port
    const opened = this.#pools.get(name)?.get(key)
    if (opened !== undefined) return opened
    const pool = new ConnectionPool({
      destination: {
        origin,
        address: connectTo ?? origin,
        insecureSkipVerification,
        clientCertificate,
      },
      dial: this.#dial,
      limits: this.#limits,
      ripener: this.#ripener,
    })
    this.#add(name, key, pool)
    return pool
  }

  #numberOf(certificate: UpstreamClientCertificate): number {
    let number = this.#certificateNumbers.get(certificate)
    if (number === undefined) {
      number = this.#certificatesCount += 1
      this.#certificateNumbers.set(certificate, number)
    }
    return number
  }

  /** Closes idle connections now and keeps none from now on. */
  close(): void {
    for (const { pool } of this.#all()) pool.close()
  }

  /** Stops looking for idle and stalled connections, once nothing is open. */
  stopSweeping(): void {
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  /** Closes what lay idle or stalled too long, and forgets pools without connections. */
  sweep(nowMs: number): void {
    for (const { name, key, pool } of [...this.#all()]) {
      pool.sweep(nowMs)
      if (pool.isEmpty) this.#remove(name, key)
    }
    if (this.#poolsCount === 0) this.stopSweeping()
  }

  #add(name: string, key: number, pool: ConnectionPool): void {
    if (this.#poolsCount >= this.#limits.originsMax) this.#evict()
    let ofName = this.#pools.get(name)
    if (ofName === undefined) {
      ofName = new Map()
      this.#pools.set(name, ofName)
    }
    ofName.set(key, pool)
    this.#poolsCount += 1
    this.#sweeper ??= setInterval(() => this.sweep(performance.now()), sweepMs).unref()
  }

  #remove(name: string, key: number): void {
    const ofName = this.#pools.get(name)
    if (ofName?.delete(key) !== true) return
    this.#poolsCount -= 1
    if (ofName.size === 0) this.#pools.delete(name)
  }

  #evict(): void {
    let oldest: { name: string; key: number; pool: ConnectionPool } | undefined
    for (const entry of this.#all()) {
      if (!entry.pool.isIdle) continue
      if (oldest === undefined || entry.pool.lastUsedMs < oldest.pool.lastUsedMs) oldest = entry
    }
    if (oldest === undefined) return
    oldest.pool.close()
    this.#remove(oldest.name, oldest.key)
  }

  *#all(): Generator<{ name: string; key: number; pool: ConnectionPool }> {
    for (const [name, ofName] of this.#pools) {
      for (const [key, pool] of ofName) yield { name, key, pool }
    }
  }
}
