/**
 * The parameters of a raw query, decoded the way a form is: `+` and `%20` are blanks, `%2B` is a plus.
 * Name → values in their order. What is not a valid escape stays as it is written. `&` and `;` both end
 * a parameter; empty ones are left out.
 *
 * Observed: cases/rest/parameter-mapping/query-values-are-decoded-as-a-form
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html (`;`)
 */
export function parseQuery(rawQuery: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>()
  if (rawQuery.includes(';')) for (const pair of rawQuery.split(/[&;]/)) add(parameters, pair)
  else if (rawQuery.includes('&')) for (const pair of rawQuery.split('&')) add(parameters, pair)
  else add(parameters, rawQuery)
  return parameters
}

function add(parameters: Map<string, string[]>, pair: string): void {
  if (pair === '') return
  const equalsAt = pair.indexOf('=')
  const name = decodeFormText(equalsAt < 0 ? pair : pair.slice(0, equalsAt))
  const value = equalsAt < 0 ? '' : decodeFormText(pair.slice(equalsAt + 1))
  const values = parameters.get(name)
  if (values === undefined) parameters.set(name, [value])
  else values.push(value)
}

function decodeFormText(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** A query parameter as a URL carries it. Cannot fail: half a surrogate pair becomes U+FFFD. */
export function encodeQueryParameter(parameter: {
  readonly name: string
  readonly value: string
}): string {
  return `${encode(parameter.name)}=${encode(parameter.value)}`
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** A target with more query text: joined with `&` when it has a query, with `?` when it has none. */
export function withQuery(target: string, rawQuery: string): string {
  if (rawQuery === '') return target
  if (!target.includes('?')) return `${target}?${rawQuery}`
  return target.endsWith('?') || target.endsWith('&') ? target + rawQuery : `${target}&${rawQuery}`
}
