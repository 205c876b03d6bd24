import type { Socket } from 'node:net'
import type { ServerResponse } from 'node:http'
import type { ContentMemory } from '../../data-plane/content-memory.ts'
import type { OutgoingResponse } from './write-response.ts'

/** Shorter answers are not counted. */
const uncountedBytesMax = 65_536

/**
 * Takes room for an answer that is in memory whole, until its client has it or is gone. False: there is none, and
 * the answer is not to be given. An answer that passes in pieces waits for its client, and needs none.
 */
export function takeRoomFor(
  { body }: OutgoingResponse,
  memory: ContentMemory,
  { res, socket }: { readonly res: ServerResponse; readonly socket: Socket },
): boolean {
  const bytesCount = body.bytes?.length ?? 0
  if (bytesCount <= uncountedBytesMax || res.destroyed || !socket.writable) return true
  if (!memory.take(bytesCount)) return false
  // The answer's own event does not come when Node has let go of the socket; else it comes within the socket's.
  let isHeld = true
  const gone = () => {
    if (!isHeld) return
    isHeld = false
    res.off('close', gone)
    socket.off('close', gone)
    memory.give(bytesCount)
  }
  res.on('close', gone)
  socket.on('close', gone)
  return true
}
