import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import { type RequestToSign, signRequest } from '../../src/aws/sigv4-signing.ts'
import { sha256Hex } from '../../src/aws/sha256.ts'
import { Secret } from '../../src/base/secret.ts'

/** A case of AWS's own suite for signers, all with the same key, time and scope. */
interface SigningCase extends Pick<RequestToSign, 'method' | 'path' | 'query' | 'headers'> {
  readonly provenance: { readonly kind: 'Documented'; readonly source: string }
  readonly body: string
  readonly sessionToken?: string
  readonly authorization: string
}

const files = globSync(fileURLToPath(new URL('sigv4/*.json', import.meta.url)))

describe('signRequest() signs as AWS does', () => {
  test('in many cases', () => assert.ok(files.length >= 19, `${files.length}`))

  for (const file of files) {
    test(basename(file, '.json'), () => {
      const { body, sessionToken, authorization, ...request } = JSON.parse(
        readFileSync(file, 'utf8'),
      ) as SigningCase
      const signed = signRequest({
        ...request,
        bodySha256: sha256Hex(Buffer.from(body)),
        region: 'us-east-1',
        service: 'service',
        credentials: {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
          ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
        },
        timeMs: Date.UTC(2015, 7, 30, 12, 36),
      })
      assert.deepEqual(Object.fromEntries(signed), {
        'x-amz-date': '20150830T123600Z',
        ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
        authorization,
      })
    })
  }
})
