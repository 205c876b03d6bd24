import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
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
