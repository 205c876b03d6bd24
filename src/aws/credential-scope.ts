import { findLastField, type HeaderFields } from '../base/header-fields.ts'
import { frontEndError } from './front-end-errors.ts'
import type { ServiceError } from './service-error.ts'

/** Who a request says it is from, and what it is signed for. Nothing of it is verified. */
export interface CredentialScope {
  readonly accessKeyId: string
  /** As signed for; may be empty. */
  readonly region: string
  /** The signing name of a service: `apigateway`, `sts`. */
  readonly service: string
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * Reads the credential scope of a request with a Signature Version 4 in its Authorization header. A
 * signature in the query is none here: a web page can make a browser send any query, and no header.
 *
 * Its parts must be there. Whether the signature is right, and of today, is another question.
 *
 * @throws {ServiceError} MissingAuthenticationTokenException when there is none,
 * IncompleteSignatureException when a part of it is missing or malformed.
 * Documented: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readCredentialScope(headers: HeaderFields): CredentialScope {
  const authorization = findLastField(headers, 'authorization')?.trim() ?? ''
  if (authorization !== '') return fromAuthorization(authorization)
  throw frontEndError('MissingAuthenticationTokenException', 'Missing Authentication Token')
}

function fromAuthorization(authorization: string): CredentialScope {
  const [scheme = '', ...rest] = authorization.split(/\s+/)
  const parameters = new Map(
    rest
      .join('')
      .split(',')
      .map((parameter): [string, string] => {
        const equals = parameter.indexOf('=')
        return [parameter.slice(0, Math.max(equals, 0)), parameter.slice(equals + 1)]
      }),
  )
  if (scheme !== algorithm) {
    throw incomplete(`Authorization header requires the algorithm '${algorithm}'.`)
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (missing.length > 0) throw incomplete(missing.join(' '))
  return parseScope(parameters.get('Credential') ?? '')
}

function parseScope(credential: string): CredentialScope {
  // An access key may hold slashes where people make their own; the scope is the last four parts.
  const parts = credential.split('/')
  const [date = '', region = '', service = '', terminator = ''] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  if (accessKeyId === '' || terminator !== 'aws4_request' || service === '') {
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements, ' +
        'e.g. keyid/date/region/service/term',
    )
  }
  if (!/^\d{8}$/.test(date)) throw incomplete('Date in Credential scope must be YYYYMMDD')
  return { accessKeyId, region, service }
}

function incomplete(message: string): ServiceError {
  return frontEndError('IncompleteSignatureException', message)
}
