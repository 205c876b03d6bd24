import { frontEndError } from '../aws/front-end-errors.ts'
import { findField, type HeaderFields } from '../base/header-fields.ts'
import type { EncodedAnswer } from '../aws/protocols/rest-json.ts'
import type { ServiceError } from '../aws/service-error.ts'

/** The refusal of a call that is signed for a service that is not built. */
export function foreignServiceError(service: string, known: readonly string[]): ServiceError {
  return frontEndError(
    'UnknownServiceException',
    `Stagedoor does not implement the service ${JSON.stringify(service.slice(0, 64))} (the ` +
      `request is signed for it). It implements: ${known.join(', ')}.`,
  )
}

const encoder = new TextEncoder()

/** Services that speak XML over plain paths, so that nothing in a request says so. */
const xmlServices: readonly string[] = ['s3', 's3express', 'route53', 'cloudfront']

/**
 * A refusal in the protocol that the caller's client reads, as far as the request shows which: XML for
 * form-encoded calls (`Action=…`), CBOR where the client asks for it, otherwise JSON.
 */
export function encodeForeignError(
  service: string,
  headers: HeaderFields,
  error: ServiceError,
): EncodedAnswer {
  const { status, code, message } = error
  const contentType = findField(headers, 'content-type') ?? ''
  if (
    contentType.startsWith('application/x-www-form-urlencoded') ||
    xmlServices.includes(service)
  ) {
    return {
      status,
      headers: ['Content-Type', 'text/xml'],
      body: encoder.encode(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code>` +
          `<Message>${xmlText(message)}</Message></Error></ErrorResponse>`,
      ),
    }
  }
  const protocol = findField(headers, 'smithy-protocol')
  if (protocol === 'rpc-v2-cbor') {
    return {
      status,
      headers: ['Content-Type', 'application/cbor', 'smithy-protocol', protocol],
      body: cborTextMap([
        ['__type', code],
        ['message', message],
      ]),
    }
  }
  return {
    status,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', code],
    body: encoder.encode(JSON.stringify({ __type: code, message })),
  }
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** RFC 8949: a map (major type 5) of text strings (major type 3) of less than 64 KB. */
function cborTextMap(entries: readonly (readonly [string, string])[]): Uint8Array {
  const bytes = [0xa0 | entries.length]
  for (const text of entries.flat()) {
    const encoded = encoder.encode(text)
    bytes.push(0x79, encoded.length >> 8, encoded.length & 0xff, ...encoded)
  }
  return Uint8Array.from(bytes)
}
