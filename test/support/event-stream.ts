import { crc32 } from 'node:zlib'
import type { LambdaAnswer } from './lambda-server.ts'

/** A message of an event stream, its headers texts. */
export function eventMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array | string,
): Buffer {
  const named = Object.entries(headers).map(([name, value]) => {
    const bytes = Buffer.from(value)
    const head = Buffer.from([name.length, ...Buffer.from(name), 7, 0, 0])
    head.writeUInt16BE(bytes.length, head.length - 2)
    return Buffer.concat([head, bytes])
  })
  const content = Buffer.concat([...named, Buffer.from(payload)])
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(content.length + 16, 0)
  prelude.writeUInt32BE(Buffer.concat(named).length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const end = Buffer.alloc(4)
  end.writeUInt32BE(crc32(Buffer.concat([prelude, content])))
  return Buffer.concat([prelude, content, end])
}

/** A piece of what a function streams. */
export function payloadChunk(payload: Uint8Array | string): Buffer {
  const type = { ':event-type': 'PayloadChunk', ':content-type': 'application/octet-stream' }
  return eventMessage({ ...type, ':message-type': 'event' }, payload)
}

/** The end of what a function streams. */
export function invokeComplete(members: Readonly<Record<string, string>> = {}): Buffer {
  const type = { ':event-type': 'InvokeComplete', ':content-type': 'application/json' }
  return eventMessage({ ...type, ':message-type': 'event' }, JSON.stringify(members))
}

/** An answer of InvokeWithResponseStream. */
export function streamedAnswer(write: NonNullable<LambdaAnswer['write']>): LambdaAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-executed-version': '7',
    },
    write,
  }
}
