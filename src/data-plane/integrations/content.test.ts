import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, streamBody } from '../../base/body.ts'
import { compileMediaRanges } from '../../engines/media-ranges.ts'
import { createContentMemory } from '../content-memory.ts'
import { GatewayError } from '../gateway-error.ts'
import {
  contentBody,
  convertContent,
  requestConversion,
  responseConversion,
  withBytes,
} from './content.ts'

const images = compileMediaRanges(['image/*'])
const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('requestConversion()', () => {
  test('goes by the type of the content, unless contentHandling says what it becomes', () => {
    const png = ['content-type', 'IMAGE/png; x=y']
    const became = (handling?: 'CONVERT_TO_TEXT' | 'CONVERT_TO_BINARY') =>
      [png, []].map((headers) => {
        const { isBinary, becomesBinary } = requestConversion(headers, images, handling)
        return `${isBinary ? 'binary' : 'text'} becomes ${becomesBinary ? 'binary' : 'text'}`
      })
    assert.deepEqual(became(), ['binary becomes binary', 'text becomes text'])
    assert.deepEqual(became('CONVERT_TO_TEXT'), ['binary becomes text', 'text becomes text'])
    assert.deepEqual(became('CONVERT_TO_BINARY'), ['binary becomes binary', 'text becomes binary'])
  })

  test('takes all content for text when an API has no binary media types', () => {
    const headers = ['Content-Type', 'image/png']
    assert.deepEqual(requestConversion(headers, undefined, undefined), {
      isBinary: false,
      becomesBinary: false,
    })
  })
})

describe('responseConversion()', () => {
  test('goes by the first type that the client accepts', () => {
    const becomesBinary = (accept: string) =>
      responseConversion({ headers: [], requestHeaders: ['Accept', accept] }, images, undefined)
        .becomesBinary
    assert.equal(becomesBinary('image/png, text/html'), true)
    assert.equal(becomesBinary('text/html, image/png'), false)
  })
})

describe('convertContent()', () => {
  const toBinary = { isBinary: false, becomesBinary: true }

  test('keeps the bytes of a text that is one, and makes new ones of what is no UTF-8', () => {
    const text = { isBinary: false, becomesBinary: false }
    const good = bytesOf('grüße')
    assert.equal(contentBody(convertContent(good, text)).bytes, good)
    const lost = contentBody(convertContent(Uint8Array.of(0x68, 0xff), text)).bytes
    assert.deepEqual(lost, bytesOf('h\uFFFD'))
  })

  test('reads base64 with or without the quotes of JSON', () => {
    for (const text of ['aGVsbG8=', '"aGVsbG8="']) {
      const content = convertContent(bytesOf(text), toBinary)
      assert.deepEqual(content, { kind: 'binary', bytes: bytesOf('hello') })
    }
  })

  test('refuses what is no base64', () => {
    for (const text of ['no base64!', '"', '"aGVsbG8=']) {
      assert.throws(
        () => convertContent(bytesOf(text), toBinary),
        (error) => error instanceof GatewayError && error.errorName === 'API_CONFIGURATION_ERROR',
      )
    }
  })
})

describe('withBytes()', () => {
  const call = { contentMemory: createContentMemory(), contentBytes: 0 }

  test('waits only for what has not arrived', async () => {
    assert.equal(
      withBytes(call, bytesBody(bytesOf('abc')), (bytes) => bytes.length),
      3,
    )
    const pieces = (async function* () {
      yield bytesOf('ab')
      yield bytesOf('cd')
    })()
    const read = withBytes(call, streamBody(pieces, undefined), (bytes) => bytes.length)
    assert.ok(read instanceof Promise)
    assert.equal(await read, 4)
  })
})
