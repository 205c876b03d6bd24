import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFedBody } from './fed-body.ts'

function fedBody() {
  const told: string[] = []
  const fed = createFedBody({
    taken: (bytes) => void told.push(`taken ${bytes}`),
    dropped: () => void told.push('dropped'),
  })
  return { ...fed, told }
}

const bytes = (text: string) => new TextEncoder().encode(text)

async function textOf(body: { stream(): AsyncIterable<Uint8Array> }): Promise<string> {
  let text = ''
  for await (const piece of body.stream()) text += new TextDecoder().decode(piece)
  return text
}

describe('createFedBody()', () => {
  test('gives what was fed before it is read and while it is', async () => {
    const { body, feed, end, told, heldBytes } = fedBody()
    feed(bytes('before '))
    assert.equal(heldBytes(), 7)
    const text = textOf(body)
    await Promise.resolve()
    setImmediate(() => {
      feed(bytes('while'))
      end()
    })
    assert.equal(await text, 'before while')
    assert.deepEqual(told, ['taken 7', 'taken 5'])
    assert.equal(heldBytes(), 0)
  })

  test('gives an error behind what was fed', async () => {
    const { body, feed, fail } = fedBody()
    feed(bytes('half'))
    fail(new Error('broken'))
    const pieces = body.stream()[Symbol.asyncIterator]()
    assert.deepEqual((await pieces.next()).value, bytes('half'))
    await assert.rejects(pieces.next(), /broken/)
  })

  test('tells once that nobody wants it, and keeps nothing from then on', () => {
    const { body, feed, end, told, heldBytes } = fedBody()
    feed(bytes('unread'))
    body.discard()
    feed(bytes('more'))
    end()
    assert.deepEqual(told, ['dropped'])
    assert.equal(heldBytes(), 0)
  })

  test('tells of no drop behind the end', async () => {
    const { body, end, told } = fedBody()
    end()
    assert.equal(await textOf(body), '')
    body.discard()
    assert.deepEqual(told, [])
  })
})
