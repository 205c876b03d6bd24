import { TemplateFailure } from './vtl-error.ts'

/**
 * The texts of `$util`.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
 */

/** Escapes for a JavaScript text, as `StringEscapeUtils.escapeJavaScript` of commons-lang 2: also `'` and `/`. */
export function escapeJavaScript(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  return text.replaceAll(/['"\\/\u0000-\u001f\u0080-\uffff]/g, (unit) => {
    const short = shortEscapes.get(unit)
    if (short !== undefined) return short
    if (unit > '\u001f' && unit < '\u0080') return `\\${unit}`
    return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\b', '\\b'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\r', '\\r'],
])

/** As `URLEncoder`: UTF-8, a blank as `+`, and only letters, digits and `.-*_` as they are. */
export function urlEncode(text: string): string {
  const wellFormed = text.isWellFormed() ? text : withoutLoneSurrogates(text)
  return encodeURIComponent(wellFormed)
    .replaceAll(/[!~'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function withoutLoneSurrogates(text: string): string {
  return Array.from(text, (sign) => (sign.isWellFormed() ? sign : '?')).join('')
}

/**
 * As `URLDecoder`: `+` is a blank.
 *
 * @throws {TemplateFailure} for `%` without two digits.
 */
export function urlDecode(text: string): string {
  const decoder = new TextDecoder()
  return text.replaceAll('+', ' ').replaceAll(/(?:%[\da-fA-F]{2})+|%/g, (escaped) => {
    if (escaped === '%') {
      throw new TemplateFailure('runtime', '$util.urlDecode: % is not followed by two digits')
    }
    const bytes = escaped.slice(1).split('%')
    return decoder.decode(Uint8Array.from(bytes, (digits) => Number.parseInt(digits, 16)))
  })
}

/** Base64 of the text's UTF-8. */
export function base64Encode(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x20_00) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x20_00))
  }
  return btoa(binary)
}

/**
 * The text that a Base64 of UTF-8 stands for.
 *
 * @throws {TemplateFailure} for what is no Base64.
 */
export function base64Decode(text: string): string {
  const normal = text.replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z\d+/\s]*={0,2}\s*$/.test(normal)) {
    throw new TemplateFailure('runtime', '$util.base64Decode: this is no Base64')
  }
  try {
    const binary = atob(normal)
    return new TextDecoder().decode(Uint8Array.from(binary, (unit) => unit.charCodeAt(0)))
  } catch {
    throw new TemplateFailure('runtime', '$util.base64Decode: this is no Base64')
  }
}
