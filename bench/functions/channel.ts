import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { median } from '../whole-gateway/statistics.ts'

/** What the child runs: frames of a length and content, each sent back as it came. */
const echo = `
const { Socket } = require('node:net')
const socket = new Socket({ fd: 3 })
let kept = Buffer.alloc(0)
socket.on('data', (bytes) => {
  kept = kept.length === 0 ? bytes : Buffer.concat([kept, bytes])
  while (kept.length >= 4 && kept.length >= 4 + kept.readUInt32BE(0)) {
    const end = 4 + kept.readUInt32BE(0)
    socket.write(kept.subarray(0, end))
    kept = kept.subarray(end)
  }
})
socket.on('end', () => process.exit())
`

/** A warm child at the other end of the channel that functions are called over, and nothing else. */
export interface BareChannel {
  /** Milliseconds: half of the round trips with 1 KB each way, one at a time, took no longer. */
  p50Ms(seconds: number): Promise<number>
  stop(): void
}

/** Starts the child. */
export function openBareChannel(): BareChannel {
  const child = spawn(process.execPath, ['-e', echo], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  // `pipe` gives a duplex socket.
  const socket = child.stdio[3] as Duplex
  const frame = Buffer.alloc(4 + 1024)
  frame.writeUInt32BE(1024)
  return {
    async p50Ms(seconds) {
      const took: number[] = []
      const endMs = performance.now() + seconds * 1000
      while (performance.now() < endMs) {
        const startMs = performance.now()
        socket.write(frame)
        for (let received = 0; received < frame.length;) {
          const [bytes] = (await once(socket, 'data')) as [Buffer]
          received += bytes.length
        }
        took.push(performance.now() - startMs)
      }
      return median(took)
    },
    stop: () => socket.destroy(),
  }
}
