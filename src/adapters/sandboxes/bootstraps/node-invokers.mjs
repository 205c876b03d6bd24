// How a function is called with an event, and which of the things it does then is its answer.
// Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
import { runtimeError } from './node-errors.mjs'
import { highWaterMark, streamingMark } from './node-function.mjs'

/** Documented: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
const neverSettled =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes'

/**
 * What calls a function: by its mark for streaming, else by the generation of the runtime.
 *
 * @returns {Promise<(userFunction: Function, call: { turn: object, event: unknown, context: object }) => void>}
 *   it throws what the function throws
 */
export async function chooseInvoker(userFunction, { isModern }) {
  if (userFunction[streamingMark]) {
    const streams = await import('./node-streaming.mjs')
    return (...given) => invokeStreaming(streams, ...given)
  }
  return isModern ? invokeAwaited : invokeWithCallback
}

/** From nodejs24.x on: what the function returns is awaited, whatever it is. */
function invokeAwaited(userFunction, { turn, event, context }) {
  Promise.resolve(userFunction(event, context)).then(
    (result) => turn.respond(turn, result),
    (error) => turn.fail(turn, error),
  )
}

/**
 * Up to nodejs22.x: a promise decides, or one of the callback, `succeed`, `fail` and `done`, the first of
 * them. The callback's result is sent when nothing is left to do, unless the function chose otherwise;
 * a function that does nothing of all this has answered `null` by then, and one that is declared `async`
 * has failed.
 */
function invokeWithCallback(userFunction, { turn, event, context }) {
  const { complete, callback, legacyContext } = createCallbacks(turn)
  turn.atEmptyLoop = () => {
    if (userFunction.constructor?.name === 'AsyncFunction') {
      turn.fail(turn, runtimeError('NodeJsExit', neverSettled))
    } else turn.respond(turn, null)
  }
  const fullContext = Object.defineProperties(context, legacyContext)
  const result = userFunction(event, fullContext, callback)
  if (typeof result?.then === 'function') {
    result.then(
      (value) => complete(null, value),
      (error) => complete(error ?? 'handled'),
    )
  }
}

function createCallbacks(turn) {
  let isDecided = false
  let waitsForEmptyLoop = true
  const decide = (waits, error, result) => {
    if (isDecided) return
    isDecided = true
    if (error !== undefined && error !== null) turn.fail(turn, error)
    else if (waits()) turn.atEmptyLoop = () => turn.respond(turn, result)
    else turn.respond(turn, result)
  }
  const complete = (error, result) => decide(() => false, error, result)
  const field = (value) => ({ value, writable: true, enumerable: true, configurable: true })
  const legacyContext = {
    callbackWaitsForEmptyEventLoop: {
      get: () => waitsForEmptyLoop,
      set: (value) => {
        waitsForEmptyLoop = value
      },
      enumerable: true,
      configurable: true,
    },
    succeed: field((result) => complete(null, result)),
    fail: field((error) => complete(error ?? 'handled')),
    done: field(complete),
  }
  const callback = (error, result) => decide(() => waitsForEmptyLoop, error, result)
  return { complete, callback, legacyContext }
}

/** `awslambda.streamifyResponse`: the answer is over when promise and stream have ended. */
function invokeStreaming(streams, userFunction, { turn, event, context }) {
  const { stream, finish } = openStream(streams, turn, userFunction[highWaterMark])
  const unfinished = () => turn.fail(turn, new Error('Response stream is not finished.'))
  stream.on('error', (error) => turn.fail(turn, error))
  const result = userFunction(event, stream, context)
  if (typeof result?.then !== 'function') {
    turn.fail(turn, new Error('Streaming does not support non-async handlers.'))
    return
  }
  turn.atEmptyLoop = unfinished
  result.then(
    (value) => {
      if (value !== undefined) console.warn('Streaming handlers ignore return values.')
      if (stream.writableFinished) finish()
      else stream.once('finish', finish)
    },
    (error) => turn.fail(turn, error),
  )
}

/** A caller that does not ask for a stream gets what was written as one. */
function openStream({ createCollectingStream, createSendingStream }, turn, highWater) {
  if (turn.sending === undefined) {
    const { stream, read } = createCollectingStream({ highWaterMark: highWater })
    return { stream, finish: () => turn.respondBytes(turn, read()) }
  }
  const { stream, begin } = createSendingStream({ ...turn.sending, highWaterMark: highWater })
  return {
    stream,
    finish() {
      begin()
      turn.endStream(turn)
    },
  }
}
