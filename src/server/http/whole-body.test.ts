import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { managementBodyBytesMax } from '../../aws/limits.ts'
import { BodyTooLargeError, bytesBody, streamBody } from '../../base/body.ts'
import { createWholeBodyReader, TooManyLongBodiesError } from './whole-body.ts'

const lambda = '/2015-03-31/functions'
const long = new Uint8Array(managementBodyBytesMax + 1)

describe('createWholeBodyReader()', () => {
  test('takes a long body for Lambda alone', async () => {
    const read = createWholeBodyReader(1)
    for (const target of [lambda, `${lambda}/greet/code`, '/2018-10-31/layers/l/versions']) {
      assert.equal((await read(target, bytesBody(long))).length, long.length)
    }
    for (const target of ['/restapis', '/tags/functions', '/2015-03-31/functionsx']) {
      await assert.rejects(read(target, bytesBody(long)), BodyTooLargeError)
    }
  })

  test('refuses a long body that no length announces', async () => {
    const pieces = (async function* () {
      yield long
    })()
    await assert.rejects(createWholeBodyReader(1)(lambda, streamBody(pieces, undefined)), {
      name: 'BodyTooLargeError',
    })
  })

  test('holds no more long bodies at a time than it may', async () => {
    const read = createWholeBodyReader(1)
    const { promise, resolve } = Promise.withResolvers<void>()
    const slow = (async function* () {
      await promise
      yield long
    })()
    const first = read(lambda, streamBody(slow, long.length))
    await assert.rejects(read(lambda, bytesBody(long)), TooManyLongBodiesError)
    assert.equal((await read(lambda, bytesBody(new Uint8Array(9)))).length, 9)
    resolve()
    await first
    assert.equal((await read(lambda, bytesBody(long))).length, long.length)
  })

  for (const [kind, byteLength] of [
    ['above 64 KB', 65_537],
    ['of no known length', undefined],
  ] as const) {
    test(`holds no more than 64 others ${kind} at a time`, async () => {
      const read = createWholeBodyReader(1)
      const { promise, resolve } = Promise.withResolvers<void>()
      const slow = async function* () {
        await promise
        yield new Uint8Array(65_537)
      }
      const held = Array.from({ length: 64 }, () =>
        read('/restapis', streamBody(slow(), byteLength)),
      )
      const another = read('/restapis', streamBody(slow(), byteLength))
      await assert.rejects(another, TooManyLongBodiesError)
      assert.equal((await read('/restapis', bytesBody(new Uint8Array(65_536)))).length, 65_536)
      resolve()
      for (const bytes of await Promise.all(held)) assert.equal(bytes.length, 65_537)
      const next = await read('/restapis', streamBody(slow(), byteLength))
      assert.equal(next.length, 65_537)
    })
  }
})
