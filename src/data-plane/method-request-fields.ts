import type { HeaderFields } from '../base/header-fields.ts'
import type { Call } from './call.ts'
import { methodRequestFieldRules } from './integrations/header-rules.ts'
import type { IncomingRequest } from './messages.ts'

/** What the gateway adds to, or puts in the place of, what a client says of the way of its request. */
export class ForwardedFields {
  readonly #incoming: IncomingRequest
  #for = ''
  #port: string | undefined
  #proto = 'http'

  constructor(incoming: IncomingRequest) {
    this.#incoming = incoming
  }

  /** Takes a field of the client's. */
  take(rule: 'forwarded-for' | 'forwarded-port' | 'forwarded-proto', value: string): void {
    if (rule === 'forwarded-for') this.#for += `${value}, `
    else if (rule === 'forwarded-port') this.#port = value
    else this.#proto = value
  }

  /** X-Forwarded-For, -Port and -Proto, once all fields of the client's were taken. */
  fields(): readonly (readonly [name: string, value: string])[] {
    const { sourceIp, host } = this.#incoming
    return [
      ['X-Forwarded-For', this.#for + sourceIp],
      ['X-Forwarded-Port', this.#port ?? portOf(host)],
      ['X-Forwarded-Proto', this.#proto],
    ]
  }
}

/**
 * The header fields of a request as mappings, templates and validators read them: the client's but for
 * those that nothing reads, and X-Forwarded-For, -Port and -Proto, the client's address last. Nothing is added
 * to a test, which no front has passed on.
 *
 * Observed: execution logs of stages, whose `Method request headers` have them
 * Chosen: docs/decisions/0021-functions-behind-stages.md (their values)
 */
export function methodRequestFields({ incoming, isTest, traceId }: Call): HeaderFields {
  const { headers } = incoming
  const fields: string[] = []
  const forwarded = new ForwardedFields(incoming)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    const rule = methodRequestFieldRules.find(name)
    if (rule === 'drop' || (rule === 'trace' && traceId !== undefined)) continue
    if (rule === undefined || rule === 'trace' || isTest) fields.push(name, value)
    else forwarded.take(rule, value)
  }
  if (traceId !== undefined) fields.push('X-Amzn-Trace-Id', traceId)
  if (!isTest) for (const [name, value] of forwarded.fields()) fields.push(name, value)
  return fields
}

function portOf(host: string): string {
  const colon = host.lastIndexOf(':')
  const port = colon < 0 ? '' : host.slice(colon + 1)
  return port === '' || port.endsWith(']') ? '80' : port
}
