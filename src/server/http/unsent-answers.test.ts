import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { get, startFront } from '../../../test/support/front-bench.ts'
import { bytesBody } from '../../base/body.ts'
import { createContentMemory } from '../../data-plane/content-memory.ts'

/** More than the system takes of it while its client reads nothing. */
const long = new Uint8Array(64 * 1024 * 1024)

/** A front that has room for one and a half of these answers. */
const startScene = (t: TestContext, bytesCount = long.length) =>
  startFront(t, {
    contentMemory: createContentMemory(1.5 * bytesCount),
    respond: (_, path) => ({
      status: 200,
      headers: [],
      body: bytesBody(long.subarray(0, path === '/long' ? bytesCount : 65_536)),
    }),
  })

type Bench = Awaited<ReturnType<typeof startFront>>

async function statusOf(bench: Bench, path: string): Promise<string> {
  const client = await bench.open()
  client.send(get(path))
  const head = await client.until((text) => text.includes('\r\n\r\n'))
  client[Symbol.dispose]()
  return head.slice(9, 12)
}

/** Room is free when the front has heard of it: until then the answer is 429. */
async function untilAnswered(bench: Bench): Promise<void> {
  while ((await statusOf(bench, '/long')) !== '200');
}

describe('an answer that is in memory whole', () => {
  test('takes room while its client does not take it, and a short one takes none', async (t) => {
    const bench = await startScene(t)
    const slow = await bench.open()
    slow.send(get('/long'))
    await slow.until((text) => text.includes('\r\n\r\n'))
    slow.socket.pause()
    assert.equal(await statusOf(bench, '/long'), '429')
    assert.equal(await statusOf(bench, '/short'), '200')
  })

  test('gives its room back when its client has it', async (t) => {
    const bytesCount = 200_000
    const bench = await startScene(t, bytesCount)
    for (let wholeAnswers = 0; wholeAnswers < 4;) {
      const client = await bench.open()
      client.send(get('/long', 'Connection: close'))
      const received = await client.untilClosed()
      if (received.startsWith('HTTP/1.1 429')) continue
      assert.ok(received.length > bytesCount)
      wholeAnswers += 1
    }
  })

  test('gives its room back when its client goes away', async (t) => {
    const bench = await startScene(t)
    for (let i = 0; i < 3; i += 1) {
      const slow = await bench.open()
      slow.send(get('/long'))
      const head = await slow.until((text) => text.includes('\r\n\r\n'))
      slow.socket.pause()
      if (head.startsWith('HTTP/1.1 200')) assert.equal(await statusOf(bench, '/long'), '429')
      slow[Symbol.dispose]()
      await untilAnswered(bench)
    }
  })
})
