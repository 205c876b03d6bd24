import { Redis } from 'ioredis'

/** Where the store is, and how long it may take. Plain values, which a thread can be sent. */
export interface RedisSettings {
  /** `redis://` or `rediss://` (TLS), with user, password and number of the database. A secret. */
  readonly url: string
  /** How long a command may take, in milliseconds; default: 100. */
  readonly commandMs?: number
  /** Commands that wait for their answers at a time; default: 1,000. */
  readonly commandsMax?: number
}

/** What a command or a script takes. */
export type RedisArgument = string | number | Uint8Array

/** What is answered: texts as bytes. */
export type RedisValue = number | Buffer | null | readonly RedisValue[]

/** `failed`: nothing is known of what the store has done with it. */
export type RedisReply =
  | { readonly outcome: 'replied'; readonly value: RedisValue }
  | { readonly outcome: 'failed'; readonly detail: string }

/** A script of the store, sent once and called by its hash from then on. */
export interface RedisScript {
  /** Lua. */
  readonly source: string
  /** SHA-1 of the source, hexadecimal: the store's name for it. */
  readonly sha1: string
}

/** What an operator is told of a connection. */
export interface RedisFigures {
  readonly isUp: boolean
  /** Commands without an answer since the start. */
  readonly failures: number
}

/**
 * A connection to Redis or Valkey that never keeps a request waiting.
 *
 * Every command is answered within its bound and none rejects. Once one was not answered in time, or the
 * connection is lost, those that follow fail at once, without being sent, until the store answers again:
 * the connection finds that out by itself, by trying again and again with growing pauses. No command is
 * sent twice. Answers come in the order of the commands.
 */
export interface RedisConnection {
  command(name: string, args: readonly RedisArgument[]): Promise<RedisReply>
  /** Runs a script, which the store is given when it does not know it. */
  evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<RedisReply>
  figures(): RedisFigures
  close(): void
}

const commandMsDefault = 100
const commandsMaxDefault = 1_000
const connectMs = 1_000
/** How long a store that was late may take to answer before the connection is made anew. */
const probeMs = 1_000
const reconnectMsMax = 1_000

/** Connects in the background; what is asked before waits for it, within the bound of a command. */
export function openRedisConnection(settings: RedisSettings): RedisConnection {
  return new Connection(settings)
}

class Connection implements RedisConnection {
  readonly #redis: Redis
  readonly #commandMs: number
  readonly #commandsMax: number
  /** Resolves when the first attempt has succeeded or failed. */
  readonly #tried = Promise.withResolvers<void>()
  #isTried = false
  #isLate = false
  #waiting = 0
  #failures = 0
  #lastError = 'not connected yet'

  constructor({ url, commandMs, commandsMax }: RedisSettings) {
    this.#commandMs = commandMs ?? commandMsDefault
    this.#commandsMax = commandsMax ?? commandsMaxDefault
    this.#redis = new Redis(url, {
      protocol: 2,
      disableClientInfo: true,
      connectTimeout: connectMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 10), reconnectMsMax),
      // A replica that was the primary: the name leads to another one by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    })
    this.#redis.on('ready', () => {
      this.#isLate = false
      this.#settleTried()
    })
    this.#redis.on('error', (error: Error) => {
      this.#lastError = describe(error)
      this.#settleTried()
    })
    this.#redis.on('close', () => this.#settleTried())
  }

  command(name: string, args: readonly RedisArgument[]): Promise<RedisReply> {
    return this.#isTried ? this.#send(name, args) : this.#sendWhenTried(name, args)
  }

  async evaluate(
    { source, sha1 }: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<RedisReply> {
    const rest = [keys.length, ...keys, ...args]
    const reply = await this.command('EVALSHA', [sha1, ...rest])
    if (reply.outcome === 'replied' || !reply.detail.startsWith('NOSCRIPT')) return reply
    return this.command('EVAL', [source, ...rest])
  }

  figures(): RedisFigures {
    return { isUp: this.#isUp(), failures: this.#failures }
  }

  close(): void {
    this.#settleTried()
    this.#redis.disconnect()
  }

  #isUp(): boolean {
    return this.#redis.status === 'ready' && !this.#isLate
  }

  #settleTried(): void {
    this.#isTried = true
    this.#tried.resolve()
  }

  async #sendWhenTried(name: string, args: readonly RedisArgument[]): Promise<RedisReply> {
    const patience = Promise.withResolvers<void>()
    const timer = setTimeout(patience.resolve, this.#commandMs)
    await Promise.race([this.#tried.promise, patience.promise])
    clearTimeout(timer)
    return this.#send(name, args)
  }

  #send(name: string, args: readonly RedisArgument[]): Promise<RedisReply> {
    if (!this.#isUp()) {
      const detail = this.#isLate ? 'the store is late' : this.#lastError
      return Promise.resolve(this.#failed(`not connected: ${detail}`))
    }
    if (this.#waiting >= this.#commandsMax) {
      return Promise.resolve(this.#failed(`${this.#waiting} commands wait for their answers`))
    }
    return new Promise((resolve) => this.#dispatch({ name, args, resolve }))
  }

  #dispatch({ name, args, resolve }: Dispatched): void {
    let isSettled = false
    const settle = (reply: RedisReply) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      resolve(reply)
    }
    const timer = setTimeout(() => {
      // It may be this thread that was late: an answer that has arrived is read first.
      setImmediate(() => {
        if (isSettled) return
        this.#suspect()
        settle(this.#failed(`no answer within ${this.#commandMs} ms`))
      })
    }, this.#commandMs)
    this.#waiting += 1
    this.#redis.callBuffer(name, args.map(toArgument)).then(
      (value) => {
        this.#waiting -= 1
        // The client's own types of an answer to any command: unknown.
        settle({ outcome: 'replied', value: value as RedisValue })
      },
      (error: unknown) => {
        this.#waiting -= 1
        if (!isSettled) settle(this.#refused(describe(error)))
      },
    )
  }

  /** That a script is not known is no failure: it is sent then. */
  #refused(detail: string): RedisReply {
    return detail.startsWith('NOSCRIPT') ? { outcome: 'failed', detail } : this.#failed(detail)
  }

  #failed(detail: string): RedisReply {
    this.#failures += 1
    return { outcome: 'failed', detail }
  }

  /** Nothing is sent from now on but one question; with its answer all goes on. */
  #suspect(): void {
    if (this.#isLate) return
    this.#isLate = true
    const givenUp = setTimeout(() => this.#redis.disconnect(true), probeMs)
    this.#redis.call('PING').then(
      () => {
        clearTimeout(givenUp)
        this.#isLate = false
      },
      (error: unknown) => {
        clearTimeout(givenUp)
        this.#lastError = describe(error)
      },
    )
  }
}

interface Dispatched {
  readonly name: string
  readonly args: readonly RedisArgument[]
  readonly resolve: (reply: RedisReply) => void
}

function toArgument(argument: RedisArgument): string | number | Buffer {
  if (!(argument instanceof Uint8Array)) return argument
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
