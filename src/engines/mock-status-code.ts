/** Deeper values are not read: a body is a caller's, and its depth must not become ours. */
const depthMax = 64

/** Characters. API Gateway's mapping templates, from which the text comes, are no longer. */
const charactersMax = 300_000

/**
 * The integer `statusCode` of the text that a MOCK integration was given: its rendered template, or the
 * body when no template was chosen. Undefined when the text is not an object, or has no such member, or
 * it is not an integer (`"200"`, `200.0`), or the text is longer than 300,000 characters or nests deeper
 * than 64 values; the request then ends as 500 Internal server error.
 *
 * The text is read leniently: names and scalars may stand without quotes (`{statusCode: 200}`, which the
 * CDK emits), strings may have single ones, a comma may trail. Of a repeated member the last counts.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 * Chosen: docs/decisions/0014-paths-uris-and-patterns.md
 */
export function findMockStatusCode(text: string): number | undefined {
  if (text.length > charactersMax) return undefined
  const reader = { text, at: 0, statusCode: undefined }
  const isRead = readValue(reader, 0) && reader.at === text.length
  return isRead ? reader.statusCode : undefined
}

interface Reader {
  readonly text: string
  /** Offset of what is read next; never that of a blank. */
  at: number
  statusCode: number | undefined
}

/** Each function steps over what it is named for, and the blanks after it; false: it is not there. */
function readValue(reader: Reader, depth: number): boolean {
  if (depth === 0) skipBlanks(reader)
  if (depth > depthMax) return false
  if (took(reader, '{')) return readMembers(reader, depth)
  if (depth === 0) return false
  if (took(reader, '[')) return readItems(reader, depth)
  return readText(reader) !== undefined
}

function readMembers(reader: Reader, depth: number): boolean {
  while (!took(reader, '}')) {
    const name = readText(reader)
    if (name === undefined || !took(reader, ':')) return false
    const from = reader.at
    if (!readValue(reader, depth + 1)) return false
    if (depth === 0 && name === 'statusCode') reader.statusCode = integerAt(reader, from)
    if (!took(reader, ',') && reader.text[reader.at] !== '}') return false
  }
  return true
}

function readItems(reader: Reader, depth: number): boolean {
  while (!took(reader, ']')) {
    if (!readValue(reader, depth + 1)) return false
    if (!took(reader, ',') && reader.text[reader.at] !== ']') return false
  }
  return true
}

function integerAt(reader: Reader, from: number): number | undefined {
  const written = reader.text.slice(from, reader.at).trim()
  const value = /^-?\d+$/.test(written) ? Number(written) : undefined
  return Number.isSafeInteger(value) ? value : undefined
}

/** A string with quotes of either kind, or a run of characters that needs none. */
function readText(reader: Reader): string | undefined {
  const from = reader.at
  const quote = reader.text[from]
  if (quote === '"' || quote === "'") return readQuoted(reader, quote)
  while (reader.at < reader.text.length && !/[\s,:{}[\]"']/.test(reader.text[reader.at] ?? '')) {
    reader.at++
  }
  const text = reader.text.slice(from, reader.at)
  skipBlanks(reader)
  return text === '' ? undefined : text
}

/** Escapes are stepped over, not resolved: no name that matters here has one. */
function readQuoted(reader: Reader, quote: string): string | undefined {
  const from = reader.at + 1
  for (let at = from; at < reader.text.length; at++) {
    if (reader.text[at] === '\\') at++
    else if (reader.text[at] === quote) {
      reader.at = at + 1
      skipBlanks(reader)
      return reader.text.slice(from, at)
    }
  }
  return undefined
}

function took(reader: Reader, ch: string): boolean {
  if (reader.text[reader.at] !== ch) return false
  reader.at++
  skipBlanks(reader)
  return true
}

function skipBlanks(reader: Reader): void {
  while (' \t\r\n'.includes(reader.text[reader.at] ?? 'end')) reader.at++
}
