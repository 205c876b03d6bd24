/**
 * A function of Node that does what `?how=` says, each a way in which functions go wrong. What it is told
 * besides is in `?with=`.
 */
export const adverseSource = `
import { spawn } from 'node:child_process'
import { closeSync, writeSync } from 'node:fs'

const forever = () => new Promise(() => setInterval(() => {}, 1000))
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const ok = (body) => ({ statusCode: 200, body })

const ways = {
  ok: () => ok(String(process.pid)),
  wait: async (ms) => { await wait(Number(ms)); return ok('waited') },
  throw: () => { throw new Error('thrown') },
  reject: async () => { throw new TypeError('rejected') },
  'throw-later': () => { setTimeout(() => { throw new Error('later') }, 1); return forever() },
  'reject-later': () => { setTimeout(() => void Promise.reject(new Error('nobody')), 1); return forever() },
  'throw-text': () => { throw 'text' },
  exit: (status) => process.exit(Number(status)),
  abort: () => process.abort(),
  kill: () => { process.kill(process.pid, 'SIGKILL'); return forever() },
  spin: () => { for (;;); },
  sleep: forever,
  empty: () => new Promise(() => {}),
  'leak-bytes': async () => {
    for (const kept = []; ; await wait(1)) kept.push(Buffer.alloc(2 ** 22, 1))
  },
  'leak-heap': async () => {
    for (const kept = []; ; await wait(0)) kept.push(Array.from({ length: 1e5 }, () => ({})))
  },
  flood: (megabytes) => {
    const line = 'x'.repeat(1023) + '\\n'
    for (let left = Number(megabytes) * 1024; left > 0; left -= 1) process.stdout.write(line)
    return ok('flooded')
  },
  'flood-lines': (count) => {
    for (let left = Number(count); left > 0; left -= 1) console.log('a line of many')
    return ok('flooded')
  },
  'flood-forever': () => { for (;;) console.log('a line of many') },
  answer: (length) => ok('a'.repeat(Number(length))),
  give: (json) => JSON.parse(json),
  circle: () => { const circle = {}; circle.circle = circle; return circle },
  'garbage-in-channel': () => { writeSync(3, Buffer.alloc(4096, 0xff)); return forever() },
  'close-channel': () => { closeSync(3); return forever() },
  'leave-child': (path) => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' })
    return ok(String(child.pid))
  },
}

export const handler = (event) => {
  const { how, with: told } = event.queryStringParameters
  return ways[how](told)
}

export const streaming = awslambda.streamifyResponse(async (event, stream) => {
  stream.write(event.queryStringParameters.with)
  stream.end()
})
`
