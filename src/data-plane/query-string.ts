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

/**
 * The values of one parameter, as `parseQuery` has them; undefined: the query has escapes or parameters that end
 * in `;`, so it must be parsed for them.
 *
 * Cost: a fraction of parsing, where few parameters are asked for.
 */
export function findPlainValues(rawQuery: string, name: string): readonly string[] | undefined {
  if (escapePattern.test(rawQuery)) return undefined
  const values: string[] = []
  for (let at = 0; at < rawQuery.length;) {
    const endAt = rawQuery.indexOf('&', at)
    const end = endAt < 0 ? rawQuery.length : endAt
    const valueAt = at + name.length
    if (end > at && valueAt <= end && rawQuery.startsWith(name, at)) {
      // The first one ends the name.
      if (name.includes('=')) return []
      if (valueAt === end) values.push('')
      else if (rawQuery.charCodeAt(valueAt) === equalsSign) {
        values.push(rawQuery.slice(valueAt + 1, end))
      }
    }
    at = end + 1
  }
  return values
}

/**
 * The parameters of one name as the client wrote them, name and value: `%61=1`, `a`. For an endpoint that is sent
 * the query as it is, and may read it in another way than `parseQuery` does. Where `;` might end a parameter, that
 * is the whole query.
 */
export function findWrittenParameters(rawQuery: string, name: string): readonly string[] {
  if (rawQuery.includes(';')) return [rawQuery]
  const written: string[] = []
  for (let at = 0; at < rawQuery.length;) {
    const endAt = rawQuery.indexOf('&', at)
    const end = endAt < 0 ? rawQuery.length : endAt
    const equalsAt = rawQuery.indexOf('=', at)
    const nameEnd = equalsAt < 0 || equalsAt > end ? end : equalsAt
    const isNamed = end > at && decodeFormText(rawQuery.slice(at, nameEnd)) === name
    if (isNamed) written.push(rawQuery.slice(at, end))
    at = end + 1
  }
  return written
}

const equalsSign = 0x3d
const escapePattern = /[%+;]/

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

/**
 * A target with more query text: joined with `&` when it has a query, with `?` when it has none.
 *
 * A `#` of a client's query, which no request may have, is a character of it here. Sent on as it is, it would begin
 * a fragment for some endpoints, which would not see what was checked here behind it.
 */
export function withQuery(target: string, rawQuery: string): string {
  if (rawQuery === '') return target
  const query = rawQuery.includes('#') ? rawQuery.replaceAll('#', '%23') : rawQuery
  if (!target.includes('?')) return `${target}?${query}`
  return target.endsWith('?') || target.endsWith('&') ? target + query : `${target}&${query}`
}
