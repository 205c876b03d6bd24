import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import type { HeaderFields } from '../../base/header-fields.ts'
import type { CommonAnswer } from '../../data-plane/messages.ts'

/** Writes answers that have much in common with others: that much of the text is made once. */
export interface CommonAnswers {
  /**
   * The answer to a request of a connection that stays open, head and content, in Latin-1; undefined: it has something that `node:http` must
   * decide, or refuse. `headers`: those of `common`, then its own.
   *
   * @throws when a header field of its own cannot be sent.
   */
  text(common: CommonAnswer, headers: HeaderFields): string | undefined
}

/** What is the same each time. */
interface CommonText {
  readonly begin: string
  /** Behind the fields of each answer's own, up to the value of Date. */
  readonly middle: string
  /** Behind the value of Date. */
  readonly end: string
}

/** Fields by which `node:http` decides how a message ends, or what it says itself. */
const decidingNames: ReadonlySet<string> = new Set([
  ...['connection', 'transfer-encoding', 'trailer', 'expect', 'keep-alive', 'date'],
  ...['content-length', 'content-disposition'],
])

/** Contents up to this length are copied into the text. */
const contentBytesMax = 16_384

/** What was made is forgotten with the answers. `nowMs`: since 1970; the machine's clock tells `node:http`, too. */
export function createCommonAnswers(nowMs: () => number = Date.now): CommonAnswers {
  const known = new WeakMap<CommonAnswer, CommonText | 'none'>()
  const fieldLine = createFieldLines()
  const dateNow = createDateText(nowMs)
  return {
    text(common, headers) {
      let made = known.get(common)
      if (made === undefined) known.set(common, (made = commonTextOf(common, fieldLine) ?? 'none'))
      if (made === 'none') return undefined
      let text = made.begin
      for (let i = common.headers.length; i < headers.length; i += 2) {
        text += fieldLine(headers[i] ?? '', headers[i + 1] ?? '')
      }
      return text + made.middle + dateNow() + made.end
    },
  }
}

function commonTextOf(
  { status, headers, body }: CommonAnswer,
  fieldLine: FieldLine,
): CommonText | undefined {
  const { bytes } = body
  if (bytes === undefined || bytes.length > contentBytesMax) return undefined
  if (status < 200 || status === 204 || status === 304) return undefined
  let begin = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`
  try {
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] ?? ''
      if (decidingNames.has(name.toLowerCase())) return undefined
      begin += fieldLine(name, headers[i + 1] ?? '')
    }
  } catch {
    return undefined
  }
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const middle = `Content-Length: ${bytes.length}\r\nConnection: keep-alive\r\nDate: `
  return { begin, middle, end: `\r\n\r\n${content}` }
}

/** @throws for what `node:http` would not send either. */
type FieldLine = (name: string, value: string) => string

/** So many names are known to be well-formed; answers have far fewer of their own. */
const knownNamesMax = 64

function createFieldLines(): FieldLine {
  const knownNames = new Set<string>()
  return (name, value) => {
    if (!knownNames.has(name)) {
      validateHeaderName(name)
      if (knownNames.size < knownNamesMax) knownNames.add(name)
    }
    validateHeaderValue(name, value)
    return `${name}: ${value}\r\n`
  }
}

/** The time as a Date field has it, made once a second. */
function createDateText(nowMs: () => number): () => string {
  let second = 0
  let text = ''
  return () => {
    const nowSecond = Math.floor(nowMs() / 1000)
    if (nowSecond !== second) {
      second = nowSecond
      text = new Date(nowSecond * 1000).toUTCString()
    }
    return text
  }
}
