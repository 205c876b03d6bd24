import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** A certificate and its private key, PEM. Made anew for each test run: nothing secret is committed. */
export interface Certificate {
  readonly certificatePem: string
  readonly keyPem: string
  readonly subject: string
  readonly key: KeyObject
}

export interface CertificateRequest {
  /** Common name. */
  readonly subject: string
  /** Who signs; absent: the certificate signs itself. */
  readonly issuer?: Certificate
  readonly dnsNames?: readonly string[]
  /** IPv4 addresses. */
  readonly addresses?: readonly string[]
  /** Basic constraints `CA:TRUE` and the key usage of an authority. */
  readonly isAuthority?: boolean
  /** Days from now; negative: in the past. */
  readonly validFromDays?: number
  readonly validToDays?: number
}

/** Makes an X.509 v3 certificate on P-256. */
export function makeCertificate(request: CertificateRequest): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { subject, issuer } = request
  const algorithm = sequence(objectId(ecdsaWithSha256))
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer?.subject ?? subject),
    sequence(day(request.validFromDays ?? -1), day(request.validToDays ?? 30)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(request))),
  )
  const signature = sign('sha256', body, issuer?.key ?? privateKey)
  const der = sequence(body, algorithm, bitString(signature))
  return {
    certificatePem: pem('CERTIFICATE', der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    subject,
    key: privateKey,
  }
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const commonName = '2.5.4.3'
const subjectAltName = '2.5.29.17'
const basicConstraints = '2.5.29.19'
const keyUsage = '2.5.29.15'

function extensions({ dnsNames = [], addresses = [], isAuthority = false }: CertificateRequest) {
  const names = [
    ...dnsNames.map((name) => tagged(0x82, Buffer.from(name, 'ascii'))),
    ...addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ]
  const critical = tagged(0x01, Buffer.from([0xff]))
  const constraints = isAuthority ? sequence(critical) : sequence()
  // keyCertSign and cRLSign, or digitalSignature.
  const usage = isAuthority ? Buffer.from([1, 0x06]) : Buffer.from([7, 0x80])
  return [
    sequence(objectId(basicConstraints), critical, octets(constraints)),
    sequence(objectId(keyUsage), critical, octets(tagged(0x03, usage))),
    ...(names.length === 0 ? [] : [sequence(objectId(subjectAltName), octets(sequence(...names)))]),
  ]
}

function distinguishedName(name: string): Buffer {
  return sequence(
    tagged(0x31, sequence(objectId(commonName), tagged(0x0c, Buffer.from(name, 'utf8')))),
  )
}

function day(daysFromNow: number): Buffer {
  const date = new Date(Date.now() + daysFromNow * 86_400_000)
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return tagged(0x18, Buffer.from(digits, 'ascii'))
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content)
}

function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]))
}

function sequence(...members: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(members))
}

/** Tag, length and content of DER. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), content])
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
