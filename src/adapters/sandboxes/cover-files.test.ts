import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { filesToCover, slackOf } from './cover-files.ts'
import { startProgram } from './process-start.ts'

test('a program has none of the connections that were handed to another thread', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux shows what a program has open')
  const thread = new Worker(
    `const { parentPort } = require('node:worker_threads')
     parentPort.on('message', ({ socket }) => parentPort.postMessage('taken'))`,
    { eval: true },
  )
  const server = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    thread.postMessage({ socket }, [socket])
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // It listens on a port, so its address is no text.
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(thread, 'message')
  const started = await startProgram({
    command: ['/bin/sh', '-c', 'ls -l /proc/self/fd'],
    directory: '/',
    environment: { PATH: '/usr/bin:/bin' },
    hasChannel: false,
  })
  if (typeof started === 'string') return assert.fail(started)
  const open = await text(started.stdout)
  client.destroy()
  server.close()
  await thread.terminate()
  const sockets = open.split('\n').filter((line) => line.includes('socket:'))
  // Its output is pipes, which Node makes of sockets.
  assert.ok(sockets.length <= 2, open)
})

describe('slackOf()', () => {
  for (const [what, open, openMax, expected] of [
    ['is 256 where the limit is far', 40, 1_048_576, 256],
    ['is 256 where there is no limit', 40, Infinity, 256],
    ['is what the limit leaves', 40, 256, 84],
    ['is nothing where the limit is near', 130, 256, 0],
  ] as const) {
    test(what, () => {
      assert.equal(slackOf(open, openMax), expected)
    })
  }
})

test('a program is started where few files may be open', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux has files covered')
  const start = new URL('./process-start.ts', import.meta.url).href
  const script = `
    import { once } from 'node:events'
    import { startProgram } from ${JSON.stringify(start)}
    const started = await startProgram({
      command: ['/bin/echo', 'started'], directory: '/', environment: {}, hasChannel: false,
    })
    console.log(typeof started === 'string' ? started : String(await once(started.stdout, 'data')))`
  // What the one who runs this test left open is open there too.
  const open = Math.max(64, filesToCover() - slackOf(0, Infinity))
  const limited = spawnSync(
    '/bin/sh',
    [
      '-c',
      `ulimit -n ${2 * open + 64} && exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  )
  assert.match(limited.stdout, /^started/, limited.stderr)
})
