import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import { type FuzzPart, type FuzzResult, suites } from './suites.ts'

// The script of a thread of `npm run fuzz`: takes one part after the other.
assert.ok(parentPort)
const port = parentPort

port.on('message', (part: FuzzPart) => {
  void run(part).then((result) => port.postMessage(result))
})

async function run(part: FuzzPart): Promise<FuzzResult> {
  try {
    return await suites[part.suite](part)
  } catch (error) {
    return { counts: {}, longestMs: 0, stalls: [], broken: [String(error)] }
  }
}
