import { isEcmaPattern } from '../ecma-regex/ecma-pattern.ts'

/** What a text has against a format; undefined: nothing. */
export type FormatCheck = (text: string) => string | undefined

/**
 * The formats that are checked, by name. Any other is ignored, `date` and `time` among them: they are of
 * draft-03.
 *
 * Observed: cases/json-schema/formats
 */
export function findFormat(name: string): FormatCheck | undefined {
  return Object.hasOwn(formats, name) ? formats[name] : undefined
}

const formats: Readonly<Record<string, FormatCheck>> = Object.freeze({
  base64,
  'date-time': said(
    isDateTime,
    (text) => `string "${text}" is invalid against requested date ${dateTimes}`,
  ),
  email: said(isEmail, notA('string', 'email address')),
  hostname: said(isHostname, notA('string', 'hostname')),
  ipv4: said(isIpv4, notA('string', 'IPv4 address')),
  ipv6: said(isIpv6, notA('string', 'IPv6 address')),
  'json-pointer': said(
    (text) => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text),
    notA('input string', 'JSON Pointer'),
  ),
  mac: said(
    (text) => /^[\dA-Fa-f]{2}(?::[\dA-Fa-f]{2}){5}$/.test(text),
    notA('input string', 'MAC address'),
  ),
  md5: hexadecimal(32),
  regex: said(isEcmaPattern, notA('string', 'ECMA 262 regular expression')),
  sha1: hexadecimal(40),
  sha256: hexadecimal(64),
  sha512: hexadecimal(128),
  uri: said(isUri, notA('string', 'URI')),
  uuid: said(isUuid, notA('input string', 'UUID')),
})

const dateTimes = "format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"

function said(fits: (text: string) => boolean, message: (text: string) => string): FormatCheck {
  return (text) => (fits(text) ? undefined : message(text))
}

function notA(subject: string, noun: string): (text: string) => string {
  return (text) => `${subject} "${text}" is not a valid ${noun}`
}

/** Chosen: characters of the longest text that can be an address, a name or a time. */
const shortMax = 1_000

function isDateTime(text: string): boolean {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):[0-5]\d:[0-5]\d(?:\.\d{1,12})?(?:Z|[+-](\d\d)(?::?[0-5]\d)?)$/i.exec(
      text,
    )
  if (parts === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, offset = 0] = parts
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0))
  if (hour > 23 || offset > 23 || month < 1 || month > 12 || day < 1) return false
  return day <= daysOf(year, month)
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** As JavaMail reads one address, strictly; a name in front and comments are part of it. */
function isEmail(text: string): boolean {
  if (text.length > shortMax) return false
  const bare = text
    .replace(/^\s*\([^()]*\)/, '')
    .replace(/\([^()]*\)\s*$/, '')
    .trim()
  const address = /^[^<>@",;()]*<([^<>]*)>$/.exec(bare)?.[1] ?? bare
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = address.slice(at + 1)
  if (at < 1 || !(isQuoted(local) || isDotted(local, /^[^\s()<>,;:\\"[\]@.]+$/))) return false
  return /^\[[^[\]\s]*\]$/.test(domain) || isDotted(domain, /^[\p{L}\p{N}-]+$/u)
}

function isQuoted(text: string): boolean {
  return /^"(?:[^"\\\r\n]|\\.)*"$/.test(text)
}

function isDotted(text: string, piece: RegExp): boolean {
  return text.split('.').every((part) => piece.test(part))
}

/** As Guava's `InternetDomainName`. */
function isHostname(text: string): boolean {
  const name = text.replaceAll(/[\u3002\uff0e\uff61]/g, '.').replace(/\.$/, '')
  if (name === '' || name.length > 253) return false
  const labels = name.split('.')
  const isLabel = (label: string) =>
    label.length <= 63 &&
    // oxlint-disable-next-line no-control-regex -- what is no ASCII may stand anywhere
    /^(?:[A-Za-z\d]|[^\u0000-\u007f])(?:(?:[A-Za-z\d_-]|[^\u0000-\u007f])*(?:[A-Za-z\d]|[^\u0000-\u007f]))?$/.test(
      label,
    )
  return labels.length <= 127 && labels.every(isLabel) && !/^\d/.test(labels.at(-1) ?? '')
}

function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text)
}

/** One that stands for an IPv4 address is that address, and none of version 6. */
function isIpv6(text: string): boolean {
  if (text.length > shortMax) return false
  const address = text.replace(/%.+$/, '')
  const dotted = /:([\d.]+)$/.exec(address)?.[1] ?? ''
  const isDotted = dotted.includes('.')
  if (isDotted && !isIpv4(dotted)) return false
  const groups = isDotted ? `${address.slice(0, -dotted.length)}0:0` : address
  if (isDotted && /^(?:0*:)*:*(?:0*:)*ffff:/i.test(address)) return false
  if (!/^[\dA-Fa-f:]+$/.test(groups) || /:::|::.*::/.test(groups)) return false
  const written = groups.split(':').filter((group) => group !== '')
  if (written.some((group) => group.length > 4)) return false
  const isOpen = groups.includes('::')
  if (!isOpen && /^:|:$/.test(groups)) return false
  if (/^:[^:]|[^:]:$/.test(groups)) return false
  return isOpen ? written.length < 8 : written.length === 8
}

const notInUris =
  // oxlint-disable-next-line no-control-regex -- these are what no URI has
  /[\u0000-\u0020\u007f-\u00a0"<>\\^`{|}\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** As `java.net.URI` reads a text, references included. */
function isUri(text: string): boolean {
  if (notInUris.test(text)) return false
  if (/%(?![\dA-Fa-f]{2})/.test(text)) return false
  if (text.split('#').length > 2) return false
  const [body = ''] = text.split('#')
  const [, scheme, rest = body] = /^([^:/?]*):(.*)$/s.exec(body) ?? []
  if (scheme !== undefined && (!/^[A-Za-z][A-Za-z\d+.-]*$/.test(scheme) || rest === ''))
    return false
  const authority = /^\/\/([^/?]*)/.exec(rest)?.[1]
  if (authority === '' && rest === '//') return false
  return authority === undefined ? !/^[^?]*[[\]]/.test(rest) : isAuthority(authority)
}

function isAuthority(authority: string): boolean {
  if (!/[[\]]/.test(authority)) return true
  const host = /^(?:[^@[\]]*@)?\[([^[\]]*)\](?::\d*)?$/.exec(authority)?.[1]
  return host !== undefined && isIpv6(host)
}

/** As `UUID.fromString`: five numbers, of any length. */
function isUuid(text: string): boolean {
  return text.length <= 36 && /^[\dA-Fa-f]{1,16}(?:-[\dA-Fa-f]{1,16}){4}$/.test(text)
}

function base64(text: string): string | undefined {
  if (text.length % 4 !== 0) {
    return `input has illegal length (must be a multiple of 4, found ${text.length})`
  }
  const index = text.replace(/==?$/, '').search(/[^A-Za-z\d+/]/)
  if (index < 0) return undefined
  return `illegal character "${text[index] ?? ''}" at index ${index} (not in Base64 alphabet)`
}

function hexadecimal(length: number): FormatCheck {
  return (text) => {
    if (text.length !== length) {
      return `input string has incorrect length (${text.length}, expected ${length})`
    }
    const index = text.search(/[^\dA-Fa-f]/)
    if (index < 0) return undefined
    return `illegal character "${text[index] ?? ''}" in input at index ${index}`
  }
}
