// The child's end of the channel to the supervisor: file descriptor 3, a Unix stream socket.
//
// A frame is `u32 BE length of what follows`, `u8 kind`, content. What is written here is written before
// the call returns wherever it can be: a line that was logged is not lost when the function ends the
// process in its next statement.
import { writeSync as writeSyncOfNode } from 'node:fs'
import net from 'node:net'

const descriptor = 3

/** Kinds of frames that leave this process. */
export const kinds = Object.freeze({
  ready: 2,
  response: 3,
  error: 4,
  initError: 5,
  log: 6,
  warning: 7,
  lastError: 8,
  streamBegin: 9,
  streamPiece: 10,
  streamEnd: 11,
})

/** Kinds of frames that come besides invocations: how a streamed answer may go on. */
const creditKind = 12
const dropKind = 13

/** Bytes of a frame; the supervisor ends the connection at a longer one. */
export const frameBytesMax = 16 * 1024 * 1024

const headBytes = 5
const timestampBytes = 8
/** What is read or written at once: above what the kernel keeps for a socket. */
const bufferBytes = 256 * 1024
/** UTF-8 needs at most so many bytes for a UTF-16 unit. */
const bytesPerUnitMax = 3

/**
 * Opens the channel. It does not keep the process alive until `hold()`, so that whoever waits for an
 * empty event loop can see one. The process ends at once when the supervisor is gone.
 *
 * The functions of Node that are needed later are kept here: code that replaces them in its own process
 * (clocks and file systems of test libraries) does not reach the channel.
 *
 * @param {(header: object, event: string) => void} onInvoke called for one event after another
 */
export function openChannel(onInvoke) {
  const writeSync = writeSyncOfNode
  const { parse } = JSON
  const out = Buffer.allocUnsafe(bufferBytes)
  const wait = Atomics.wait.bind(Atomics, new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  const kill = process.kill.bind(process, process.pid, 'SIGKILL')
  let flow
  const takeFrame = (frame) => {
    if (frame[0] === creditKind) {
      flow?.credit(frame.readUInt32BE(1))
      return
    }
    if (frame[0] === dropKind) {
      flow?.drop()
      return
    }
    const headerEnd = 5 + frame.readUInt32BE(1)
    onInvoke(parse(frame.toString('utf8', 5, headerEnd)), frame.toString('utf8', headerEnd))
  }
  const take = createFrameReader(takeFrame, kill)
  const socket = new net.Socket({
    fd: descriptor,
    onread: {
      buffer: Buffer.allocUnsafe(bufferBytes),
      callback: (count, buffer) => {
        take(buffer.subarray(0, count))
        return true
      },
    },
  })
  for (const event of ['end', 'close', 'error']) socket.on(event, kill)
  socket.resume()
  socket.unref()

  /** Waits for the supervisor where it reads more slowly than this process writes. */
  const writeNow = (buffer, end) => {
    for (let at = 0; at < end;) {
      try {
        at += writeSync(descriptor, buffer, at, end - at)
      } catch (error) {
        if (error.code !== 'EAGAIN') kill()
        wait(1)
      }
    }
  }
  /** Long ones are left to the event loop, which is quicker than asking again every millisecond. */
  const writeSoon = (buffer, end) => {
    let at = 0
    try {
      at = writeSync(descriptor, buffer, 0, end)
    } catch (error) {
      if (error.code !== 'EAGAIN') kill()
    }
    if (at < end) socket.write(Buffer.from(buffer.subarray(at, end)))
  }
  const write = (kind, buffer, end) => {
    buffer.writeUInt32BE(end - 4, 0)
    buffer[4] = kind
    // What is queued already goes first.
    if (socket.writableLength > 0) socket.write(Buffer.from(buffer.subarray(0, end)))
    else if (kind === kinds.response || kind >= kinds.streamBegin) writeSoon(buffer, end)
    else writeNow(buffer, end)
  }
  const sendText = (kind, text, start = headBytes) => {
    const isShort = text.length * bytesPerUnitMax <= bufferBytes - start
    const buffer = isShort ? out : Buffer.allocUnsafe(start + Buffer.byteLength(text))
    const size = buffer.write(text, start)
    if (buffer !== out && start > headBytes) out.copy(buffer, headBytes, headBytes, start)
    write(kind, buffer, start + size)
  }
  return Object.freeze({
    /** @param {number} kind @param {string} text at most `frameBytesMax` */
    send: (kind, text) => sendText(kind, text),
    /** @param {number} kind @param {Uint8Array} bytes at most `frameBytesMax` */
    sendBytes(kind, bytes) {
      const buffer = Buffer.allocUnsafe(headBytes + bytes.length)
      buffer.set(bytes, headBytes)
      write(kind, buffer, buffer.length)
    },
    /** Who is told how the streamed answer under way may go on; undefined: nobody. */
    setFlow(listener) {
      flow = listener
    },
    /** One event of the function's log. */
    sendLog(timestampMs, text) {
      out.writeDoubleBE(timestampMs, headBytes)
      sendText(kinds.log, text, headBytes + timestampBytes)
    },
    /** The channel keeps the process alive: the next event comes through it. */
    hold: () => socket.ref(),
    /** It does not: the process may find that it has nothing left to do. */
    release: () => socket.unref(),
  })
}

/** Puts frames together from what was read; what it is given is only valid during the call. */
function createFrameReader(onFrame, onBreach) {
  const lengthField = Buffer.alloc(4)
  let lengthFilled = 0
  let frame
  let filled = 0
  const copy = (chunk, at, target, from) => {
    const count = Math.min(target.length - from, chunk.length - at)
    chunk.copy(target, from, at, at + count)
    return count
  }
  const begin = (length) => {
    if (length === 0 || length > frameBytesMax) onBreach()
    frame = Buffer.allocUnsafe(length)
    filled = 0
  }
  return function take(chunk) {
    for (let at = 0; at < chunk.length;) {
      if (frame === undefined && lengthFilled === 0 && chunk.length - at > 4) {
        const end = at + 4 + chunk.readUInt32BE(at)
        if (end <= chunk.length) {
          onFrame(chunk.subarray(at + 4, end))
          at = end
          continue
        }
      }
      if (frame === undefined) {
        const count = copy(chunk, at, lengthField, lengthFilled)
        at += count
        lengthFilled += count
        if (lengthFilled < 4) return
        lengthFilled = 0
        begin(lengthField.readUInt32BE(0))
      }
      const count = copy(chunk, at, frame, filled)
      at += count
      filled += count
      if (filled < frame.length) return
      const whole = frame
      frame = undefined
      onFrame(whole)
    }
  }
}
