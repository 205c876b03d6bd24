/**
 * Stands in for a bootstrap in tests of the host's side: it speaks the frames, and does what the name of
 * the handler says. Whatever is not in `deeds` answers with its event.
 */
import { spawn } from 'node:child_process'
import { closeSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

const channel = new Socket({ fd: 3 })
const handler = process.env._HANDLER ?? ''

function frame(kind, content = '') {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const head = Buffer.alloc(5)
  head.writeUInt32BE(bytes.length + 1)
  head[4] = kind
  return Buffer.concat([head, bytes])
}

const say = (kind, content) => void channel.write(frame(kind, content))
const answer = (value) => say(3, JSON.stringify(value))

function log(timestampMs, text) {
  const time = Buffer.alloc(8)
  time.writeDoubleBE(timestampMs)
  say(6, Buffer.concat([time, Buffer.from(text)]))
}

/** Writes all of it, however often the other side is slow. */
function write(descriptor, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

const keep = []

const deeds = {
  header: (_event, header) => say(3, header),
  environment: () => answer(process.env),
  directory: () => answer(process.cwd()),
  error: () => say(4, '{"errorType":"Error","errorMessage":"no"}'),
  'last-error': () => {
    channel.write(frame(8, '{"errorType":"Error"}'), () => setTimeout(() => process.exit(129), 30))
  },
  'last-error-stays': () => say(8, '{"errorType":"Error"}'),
  exit: () => process.exit(3),
  signal: () => process.kill(process.pid, 'SIGSEGV'),
  hang: () => {
    for (;;);
  },
  never: () => undefined,
  hog: () => {
    for (;;) keep.push(Buffer.alloc(8_388_608, 1))
  },
  heap: () => {
    for (;;) keep.push(Array.from({ length: 10_000 }, (_, index) => ({ index, at: keep.length })))
  },
  flood: ({ megabytes }) => {
    const piece = Buffer.alloc(1_048_576, `${'flood'.repeat(20)}\n`)
    for (let written = 0; written < megabytes; written += 1) write(1, piece)
    answer('flooded')
  },
  size: ({ bytes }) => say(3, `"${'x'.repeat(bytes - 2)}"`),
  garbage: () => void channel.write('HTTP/1.1 200 OK\r\n\r\n'),
  deaf: () => {
    closeSync(3)
    setInterval(() => undefined, 1_000)
  },
  twice: (event) => {
    answer(event)
    answer(event)
  },
  last: (event) => {
    channel.write(frame(3, JSON.stringify(event)), () => process.exit(0))
  },
  grandchild: () => {
    const child = spawn('sleep', ['1000'], { stdio: ['ignore', 'inherit', 'inherit'] })
    answer({ pid: child.pid, own: process.pid })
  },
  waits: () => {
    spawn('sleep', ['1000'], { stdio: 'ignore' }).on('exit', () => answer(null))
  },
  outcast: () => {
    // The hog is a child of a child: only a reading of the whole group finds it.
    const script = 'const k=[];for(;;)k.push(Buffer.alloc(8388608,1))'
    spawn('sh', ['-c', `${JSON.stringify(process.execPath)} -e '${script}'; true`])
  },
  lines: ({ pieces }) => {
    for (const piece of pieces) write(1, Buffer.from(piece, 'base64'))
    answer(null)
  },
  streams: () => {
    write(1, Buffer.from('to stdout\n'))
    write(2, Buffer.from('to stderr\n'))
    log(1_700_000_000_000.5, 'logged')
    say(7, 'warned')
    answer(null)
  },
}

function take(header, event) {
  const deed = deeds[handler]
  if (deed === undefined) say(3, event)
  else deed(JSON.parse(event), header)
}

function listen() {
  let pending = Buffer.alloc(0)
  channel.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0)
      const headerEnd = 9 + pending.readUInt32BE(5)
      const header = pending.toString('utf8', 9, headerEnd)
      const event = pending.toString('utf8', headerEnd, end)
      pending = pending.subarray(end)
      take(header, event)
    }
  })
  channel.on('end', () => process.exit())
  channel.on('error', () => process.exit())
  say(2)
}

if (handler === 'init-error') {
  channel.write(frame(5, '{"errorType":"SyntaxError","errorMessage":"bad"}'), () => process.exit(1))
} else if (handler === 'init-exit') {
  write(2, Buffer.from('leaving\n'))
  process.exit(7)
} else if (handler === 'init-hang') {
  setInterval(() => undefined, 1_000)
} else listen()
