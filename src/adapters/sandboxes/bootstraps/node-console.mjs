// `console` of a function: each call is one event of its log, in order with the answer.
// Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format as formatOfNode } from 'node:util'

/** UTF-16 units of one event; longer texts become several. */
const eventUnitsMax = 256 * 1024

const methods = Object.freeze({
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  log: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
})

/**
 * Replaces the methods of `console` that write lines and returns what the runtime itself logs through.
 * A line is `date TAB request TAB level TAB text`; the request is `undefined` during the start. Text of
 * several lines stays one event.
 *
 * @param {{ sendLog(timestampMs: number, text: string): void }} channel
 * @param {() => string | undefined} requestId
 */
export function patchConsole(channel, requestId) {
  const format = formatOfNode
  // A clock that the function's code puts in the place of `Date` is none for the log.
  const SystemDate = Date
  const write = (level, ...values) => {
    const now = new SystemDate()
    const text = `${now.toISOString()}\t${requestId()}\t${level}\t${format(...values)}`
    for (let at = 0; at < text.length; at += eventUnitsMax) {
      channel.sendLog(now.getTime(), text.slice(at, at + eventUnitsMax))
    }
  }
  for (const [method, level] of Object.entries(methods)) {
    console[method] = (...values) => write(level, ...values)
  }
  return write
}
