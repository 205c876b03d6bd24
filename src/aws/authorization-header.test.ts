import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findSignatureComplaint } from './authorization-header.ts'

const complete =
  'AWS4-HMAC-SHA256 Credential=AKID/20261109/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00'

describe('findSignatureComplaint()', () => {
  test('has none about a complete signature', () => {
    assert.equal(findSignatureComplaint({ authorization: complete, hasDate: true }), undefined)
    const narrow = complete.replaceAll(', ', ',')
    assert.equal(findSignatureComplaint({ authorization: narrow, hasDate: true }), undefined)
  })

  test('misses the date of one', () => {
    assert.match(
      findSignatureComplaint({ authorization: complete, hasDate: false }) ?? '',
      /^Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. \(Hashed/,
    )
  })

  for (const authorization of ['Bearer abc', 'abc', 'AWS4-HMAC-SHA256', 'Basic a=b,c']) {
    test(`misses an equal-sign in ${authorization}, and shows it as a hash only`, () => {
      const complaint = findSignatureComplaint({ authorization, hasDate: true }) ?? ''
      assert.match(
        complaint,
        /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[A-Za-z0-9+/]{43}='\.$/,
      )
    })
  }

  test('names each parameter that is missing', () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=x, Signature=y'
    assert.match(
      findSignatureComplaint({ authorization, hasDate: true }) ?? '',
      /^Authorization header requires 'SignedHeaders' parameter\. \(Hashed with SHA-256 and encoded with Base64\) Authorization=\S{44}$/,
    )
  })

  test('hashes the header as it was sent', () => {
    const complaint = findSignatureComplaint({ authorization: 'Bearer a', hasDate: true }) ?? ''
    assert.ok(complaint.includes('EixONx05NJDleJxBivPThU7QfyuLCH+KxLQY26Ac8Zc='), complaint)
  })
})
