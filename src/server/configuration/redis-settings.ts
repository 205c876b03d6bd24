import { Secret } from '../../base/secret.ts'

/** A Redis or Valkey that gateways share. */
export interface ConfiguredRedis {
  /** With user and password, if it wants them. */
  readonly url: Secret
  /** How long a command may take, in milliseconds. */
  readonly commandMs: number
}

/** The same as plain values, which a thread can be sent. */
export interface ThreadRedis {
  readonly url: string
  readonly commandMs: number
}

/** For a thread: it makes its own connection. */
export function threadRedisOf({ url, commandMs }: ConfiguredRedis): ThreadRedis {
  return { url: url.reveal(), commandMs }
}

/** What `--redis-url` says; undefined when it says something else. */
export function parseRedisUrl(text: string): Secret | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, pathname } = new URL(text)
  const isRedis = protocol === 'redis:' || protocol === 'rediss:'
  return isRedis && hostname !== '' && /^(?:\/\d{0,5})?$/.test(pathname)
    ? new Secret(text)
    : undefined
}

/** What happens to requests that a store which is gone cannot count. */
export const withoutStoreChoices = ['local', 'allow', 'deny'] as const
export type WithoutStore = (typeof withoutStoreChoices)[number]
