import type { Socket } from 'node:net'
import { responseBytesMax } from '../../ports/sandboxes.ts'
import { createFrameReader, creditFrame, dropFrame, frameKinds, invokeFrame } from './channel.ts'
import type { RuntimeLink, RuntimeLinkEvents } from './runtime-link.ts'
import type { TurnWrites } from './turn-writes.ts'

/** Speaks frames with an in-house bootstrap over the socket that is its file descriptor 3. */
export function openChannelLink(
  socket: Socket,
  writes: TurnWrites,
  events: RuntimeLinkEvents,
): RuntimeLink {
  let received = 0
  const reader = createFrameReader(responseBytesMax, {
    frame: (kind, content) => tell(kind, content, events),
    tooLarge: (bytes) => events.tooLarge(bytes),
    broken: (detail) => events.broken(detail),
  })
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    reader.push(chunk)
  })
  socket.on('end', () => events.left())
  socket.on('error', () => events.left())
  return {
    send: (invocation) => writes.add(socket, invokeFrame(invocation)),
    credit: (bytes) => writes.add(socket, creditFrame(bytes)),
    drop: () => writes.add(socket, dropFrame()),
    activity: () => received,
    close: () => void socket.destroy(),
  }
}

function tell(kind: number, content: Buffer, events: RuntimeLinkEvents): void {
  switch (kind) {
    case frameKinds.response:
      return events.response(textOf(content))
    case frameKinds.error:
      return events.error(textOf(content))
    case frameKinds.lastError:
      return events.lastError(textOf(content))
    case frameKinds.ready:
      return events.ready()
    case frameKinds.initError:
      return events.initError(textOf(content))
    case frameKinds.streamBegin:
      return events.streamBegin(textOf(content))
    case frameKinds.streamPiece:
      // A copy of its own: what was read together is overwritten together.
      return events.streamPiece(new Uint8Array(content))
    case frameKinds.streamEnd:
      return events.streamEnd()
    case frameKinds.log:
      if (content.length < 8) return events.broken('a line of the log without its time')
      return events.output(textOf(content.subarray(8)), content.readDoubleBE(0))
    default:
      return events.output(textOf(content), Date.now())
  }
}

function textOf(content: Buffer): string {
  return content.toString('utf8')
}
