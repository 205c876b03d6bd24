/** Where a listener listens. */
export interface ListenAddress {
  /** An address or a name; an IPv6 address without brackets. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** The address that `host:port` or `[v6]:port` names; undefined when the text is neither. */
export function parseAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  return host === undefined || port > 65_535 ? undefined : { host, port }
}

/** True when only this machine reaches the address. Names other than localhost are not believed. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
}

/** The address at which this machine itself reaches a listener: one on every address is on loopback too. */
export function ownAddress({ host, port }: ListenAddress): ListenAddress {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port }
  return host === '::' ? { host: '::1', port } : { host, port }
}

/** The address as it stands in a URL. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
