import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readCredentialScope } from './credential-scope.ts'

const signature = 'a'.repeat(64)
const scope = '20260301/eu-west-1/apigateway/aws4_request'

function read(authorization: string | undefined) {
  const date = ['X-Amz-Date', '20260301T000000Z']
  const headers = authorization === undefined ? date : [...date, 'authorization', authorization]
  return readCredentialScope(headers)
}

describe('readCredentialScope()', () => {
  test('reads the header that SDKs send', () => {
    assert.deepEqual(
      read(
        `AWS4-HMAC-SHA256 Credential=AKIA/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      ),
      { accessKeyId: 'AKIA', region: 'eu-west-1', service: 'apigateway' },
    )
  })

  test('reads one without blanks, in any order', () => {
    const header = `AWS4-HMAC-SHA256 Signature=${signature},SignedHeaders=host,Credential=a/b/${scope}`
    assert.equal(read(header).accessKeyId, 'a/b')
  })

  test('refuses a request without a signature', () => {
    const refusal = {
      code: 'MissingAuthenticationTokenException',
      status: 403,
      message: 'Missing Authentication Token',
    }
    assert.throws(() => read(undefined), refusal)
    assert.throws(() => read(' '), refusal)
  })

  const parts = `Credential=AKIA/${scope}, SignedHeaders=host`
  const malformed = [
    'Bearer token',
    'Basic dXNlcjpwYXNz',
    'AWS4-HMAC-SHA256',
    `AWS4-HMAC-SHA256 ${parts}`,
    `AWS4-HMAC-SHA256 Credential=AKIA/${scope}, Signature=${signature}`,
    `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${signature}`,
    `AWS4-HMAC-SHA256 Credential=/${scope}, SignedHeaders=host, Signature=${signature}`,
    `AWS4-HMAC-SHA256 Credential=A/1/r/s/aws4_request, SignedHeaders=host, Signature=${signature}`,
    `AWS4-HMAC-SHA256 Credential=A/20260301/r//aws4_request, SignedHeaders=h, Signature=${signature}`,
    `AWS4-HMAC-SHA256 Credential=A/20260301/r/s/other, SignedHeaders=h, Signature=${signature}`,
  ]
  for (const authorization of malformed) {
    test(`refuses ${authorization.slice(0, 60)}`, () => {
      assert.throws(() => read(authorization), {
        code: 'IncompleteSignatureException',
        status: 403,
      })
    })
  }

  test('says everything that is missing at once', () => {
    assert.throws(() => read('AWS4-HMAC-SHA256 x=y'), {
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires " +
        "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
    })
  })
})
