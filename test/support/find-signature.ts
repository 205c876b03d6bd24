import { SignatureV4 } from '@smithy/signature-v4'
import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a request is signed for. */
export interface FoundSignature {
  readonly service: string
  readonly region: string
}

/**
 * The signature of a request, when it is right: the official SDK's signer signs the request anew, as its
 * service would, and both must be the same. Undefined: there is none, or a wrong one.
 */
export async function findSignature(
  request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  body: string,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<FoundSignature | undefined> {
  const { headers } = request
  const url = new URL(request.url ?? '', 'http://server')
  const authorization = headers.authorization ?? ''
  const match = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(
    authorization,
  )
  if (match === null) return undefined
  const [, region = '', service = '', names = ''] = match
  const signedNames = names.split(';').filter((name) => name !== 'x-amz-date')
  const token = headers['x-amz-security-token']
  const signer = new SignatureV4({
    service,
    region,
    credentials: { ...key, ...(typeof token === 'string' ? { sessionToken: token } : {}) },
    sha256: Sha256,
    applyChecksum: false,
    uriEscapePath: service !== 's3',
  })
  const query: Record<string, string[]> = {}
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value)
  const signed = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: Object.fromEntries(signedNames.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: dateOf(String(headers['x-amz-date'])) },
  )
  return signed.headers['authorization'] === authorization ? { service, region } : undefined
}

/** Of `20150830T123600Z`. */
function dateOf(dateTime: string): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(dateTime) ?? []
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(Uint8Array.from(this.#hash.digest()))
  }

  reset(): void {}
}

function bytesOf(given: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (given instanceof ArrayBuffer) return new Uint8Array(given)
  return new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
}
