/** A request as a backend must be able to read it without a doubt. */
export interface StrictRequest {
  readonly method: string
  readonly target: string
  readonly content: string
}

/** What a backend was sent is not one request after the other, each beyond doubt. */
export class DoubtfulRequestError extends Error {
  override readonly name = 'DoubtfulRequestError'
}

const linePattern = /^[A-Z]+ \/[\x21-\x7e]* HTTP\/1\.[01]$/
const fieldPattern =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/

/**
 * Reads the first request of `text` (latin1); gives it and the bytes behind it, undefined when it has not
 * come whole. Only what nobody can read in two ways passes: one Host, one framing at most, lines that end
 * in CR LF, chunks without extensions and trailers.
 *
 * @throws {DoubtfulRequestError}
 */
export function readStrictRequest(
  text: string,
): { readonly request: StrictRequest; readonly rest: string } | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [line = '', ...fields] = text.slice(0, headEnd).split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  if (!linePattern.test(line))
    throw new DoubtfulRequestError(`request line ${JSON.stringify(line)}`)
  const body = readContent(fields, text.slice(headEnd + 4))
  return body && { request: { method, target, content: body.content }, rest: body.rest }
}

function readContent(fields: readonly string[], text: string) {
  const valuesOf = new Map<string, string[]>()
  for (const field of fields) {
    const match = fieldPattern.exec(field)
    if (match === null) throw new DoubtfulRequestError(`field ${JSON.stringify(field)}`)
    const name = (match[1] ?? '').toLowerCase()
    valuesOf.set(name, [...(valuesOf.get(name) ?? []), match[2] ?? ''])
  }
  const lengths = valuesOf.get('content-length') ?? []
  const codings = valuesOf.get('transfer-encoding') ?? []
  if (valuesOf.get('host')?.length !== 1) throw new DoubtfulRequestError('not one Host')
  if (lengths.length + codings.length > 1) throw new DoubtfulRequestError('framed twice')
  if (codings[0] !== undefined) return readChunks(codings[0], text)
  const length = lengths[0] ?? '0'
  if (!/^\d+$/.test(length)) throw new DoubtfulRequestError(`Content-Length ${length}`)
  const end = Number(length)
  return text.length < end ? undefined : { content: text.slice(0, end), rest: text.slice(end) }
}

function readChunks(coding: string, text: string) {
  if (coding !== 'chunked') throw new DoubtfulRequestError(`Transfer-Encoding ${coding}`)
  let content = ''
  let rest = text
  for (;;) {
    const lineEnd = rest.indexOf('\r\n')
    if (lineEnd < 0) return undefined
    const size = rest.slice(0, lineEnd)
    if (!/^[0-9a-f]+$/i.test(size)) throw new DoubtfulRequestError(`chunk size ${size}`)
    const end = lineEnd + 2 + parseInt(size, 16)
    if (rest.length < end + 2) return undefined
    if (rest.slice(end, end + 2) !== '\r\n') throw new DoubtfulRequestError('end of a chunk')
    content += rest.slice(lineEnd + 2, end)
    rest = rest.slice(end + 2)
    if (parseInt(size, 16) === 0) return { content, rest }
  }
}
