import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sandboxInvocation } from '../../../test/support/sandbox-scene.ts'
import { createFrameReader, frameBytesMax, frameKinds, invokeFrame } from './channel.ts'

function frame(kind: number, content: string): Buffer {
  const bytes = Buffer.from(content)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(bytes.length + 1)
  head[4] = kind
  return Buffer.concat([head, bytes])
}

function read(pieces: readonly Buffer[], answerBytesMax = 100): string[] {
  const told: string[] = []
  const reader = createFrameReader(answerBytesMax, {
    frame: (kind, content) => void told.push(`${kind} ${content.toString()}`),
    tooLarge: (bytes) => void told.push(`too large ${bytes}`),
    broken: (detail) => void told.push(`broken: ${detail}`),
  })
  for (const piece of pieces) reader.push(piece)
  return told
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

describe('createFrameReader()', () => {
  const stream = Buffer.concat([
    frame(frameKinds.ready, ''),
    frame(frameKinds.response, '{"a":1}'),
    frame(frameKinds.response, 'x'.repeat(101)),
    frame(frameKinds.log, '12345678grün'),
    frame(frameKinds.response, 'x'.repeat(100)),
    frame(frameKinds.error, 'e'.repeat(300)),
  ])
  const told = [
    '2 ',
    '3 {"a":1}',
    'too large 101',
    '6 12345678grün',
    `3 ${'x'.repeat(100)}`,
    `4 ${'e'.repeat(300)}`,
  ]
  test('reads the same frames from pieces of any size', () => {
    for (let size = 1; size <= stream.length; size += 1) {
      assert.deepEqual(read(cut(stream, size)), told, `pieces of ${size} bytes`)
    }
  })

  test('keeps nothing of an answer that it skips, however long it says it is', () => {
    const head = Buffer.from([0xff, 0xff, 0xff, 0xff, frameKinds.response])
    assert.deepEqual(read([head, Buffer.alloc(1_000_000)]), [])
  })

  const breaches: readonly (readonly [string, Buffer])[] = [
    ['a length of nothing', Buffer.from([0, 0, 0, 0, 3])],
    ['a kind that there is none of', frame(14, 'x')],
    ['a kind of what the host says of a stream', frame(frameKinds.credit, 'x')],
    ['the kind of what the host sends', frame(frameKinds.invoke, 'x')],
    ['text', Buffer.from('HTTP/1.1 200 OK')],
  ]
  for (const [what, bytes] of breaches) {
    test(`is broken by ${what}, and tells nothing after it`, () => {
      const [first, ...more] = read([frame(2, ''), bytes, frame(3, 'x')]).slice(1)
      assert.match(first ?? '', /^broken: no frame begins with/)
      assert.deepEqual(more, [])
    })
  }

  test('is broken by a frame that is too long and no answer', () => {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(frameBytesMax + 1)
    head[4] = frameKinds.error
    assert.match(read([head])[0] ?? '', /^broken: a frame of 16777217 bytes/)
  })
})

test('invokeFrame() is one frame: its header as JSON, and the event as it is', () => {
  const invocation = sandboxInvocation('{"a":"€"}', { clientContext: '{}' })
  const bytes = invokeFrame(invocation)
  assert.equal(bytes.readUInt32BE(0), bytes.length - 4)
  assert.equal(bytes[4], frameKinds.invoke)
  const headerEnd = 9 + bytes.readUInt32BE(5)
  const { payload, ...header } = invocation
  assert.deepEqual(JSON.parse(bytes.toString('utf8', 9, headerEnd)), header)
  assert.equal(bytes.toString('utf8', headerEnd), payload)
  const without = invokeFrame(sandboxInvocation('{}'))
  assert.ok(!without.toString().includes('clientContext'))
})
