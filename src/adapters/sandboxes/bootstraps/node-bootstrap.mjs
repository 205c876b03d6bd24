// Runs one function of a Node runtime: `node node-bootstrap.mjs [folder for compiled code]`, with
// `_HANDLER`, `LAMBDA_TASK_ROOT` and the rest of Lambda's environment, and the channel to the supervisor
// as file descriptor 3. Plain JavaScript for Node 18 and later: the function may run on any of them.
//
// AWS freezes a sandbox between events. This process only waits: timers that a function leaves behind go
// on, and what they log is told with the request that was the last.
import * as nodeModule from 'node:module'
import { frameBytesMax, kinds, openChannel } from './node-channel.mjs'
import { patchConsole } from './node-console.mjs'
import { runtimeError, toErrorAnswer, toErrorLogText } from './node-errors.mjs'
import { defineAwsLambda, loadUserFunction, streamingMark } from './node-function.mjs'
import { chooseInvoker } from './node-invokers.mjs'
import { keepTrace } from './node-trace.mjs'

/** Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const callbacksRemoved =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'

/** Bytes of an answer. Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const responseBytesMax = 6_291_556

const exitStatus = Object.freeze({ initError: 1, unhandledRejection: 128, uncaughtException: 129 })

// Fetched before the function's code runs, which may replace them in its own process.
const { parse, stringify } = JSON
const now = Date.now.bind(Date)

await start(process.env)

async function start(environment) {
  const waiting = []
  const state = { turn: undefined, requestId: undefined, takeTurn: undefined }
  const next = () => {
    if (state.turn === undefined && state.takeTurn !== undefined && waiting.length > 0) {
      state.takeTurn(...waiting.shift())
    }
  }
  const channel = openChannel((header, event) => {
    waiting.push([header, event])
    next()
  })
  const log = patchConsole(channel, () => state.requestId)
  const setTrace = keepTrace()
  const runtime = { channel, log, state, next, setTrace, exit: process.exit.bind(process) }
  watchFailures(runtime)
  // From here on everything is as the function's own code finds it.
  if (process.argv.length > 2) nodeModule.enableCompileCache?.(process.argv.pop())
  if (!/^(1|true)$/.test(environment.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? '')) defineAwsLambda()
  const generation = readGeneration(environment)
  try {
    const userFunction = await load(environment, generation)
    const invoke = await chooseInvoker(userFunction, generation)
    state.takeTurn = createTurns(runtime, environment, { userFunction, invoke, generation })
  } catch (error) {
    failInit(runtime, generation.isModern ? 'Init Error' : 'Uncaught Exception', error)
  }
  channel.hold()
  channel.send(kinds.ready, '')
  next()
}

/** What changed with nodejs24.x: no callbacks, all files imported, a context without their relics. */
function readGeneration({ AWS_EXECUTION_ENV: name = '' }) {
  const major = /nodejs(\d+)/.exec(name)?.[1] ?? process.versions.node.split('.')[0]
  return { isModern: Number(major) >= 24 }
}

async function load(environment, { isModern }) {
  const root = environment.LAMBDA_TASK_ROOT ?? process.cwd()
  const userFunction = await loadUserFunction(root, environment._HANDLER ?? '', {
    importsAll: isModern,
  })
  const mark = userFunction[streamingMark]
  if (mark && mark !== 'response') {
    throw runtimeError('MalformedStreamingHandler', 'Only response streaming is supported.')
  }
  if (isModern && !mark && userFunction.length >= 3) {
    throw runtimeError('CallbackHandlerDeprecated', callbacksRemoved)
  }
  return userFunction
}

function failInit({ channel, log, exit }, title, error) {
  log('ERROR', title, toErrorLogText(error))
  channel.send(kinds.initError, stringify(toErrorAnswer(error)))
  exit(exitStatus.initError)
}

/** An error that nobody caught ends the process; the event under way, or the start, is told of it. */
function watchFailures({ channel, log, state, exit }) {
  const end = (title, error, status) => {
    log('ERROR', title, toErrorLogText(error))
    const isStarting = state.takeTurn === undefined
    if (isStarting || state.turn !== undefined) {
      const kind = isStarting ? kinds.initError : kinds.lastError
      channel.send(kind, stringify(toErrorAnswer(error)))
    }
    exit(isStarting ? exitStatus.initError : status)
  }
  process.on('uncaughtException', (error) => {
    end('Uncaught Exception', error, exitStatus.uncaughtException)
  })
  process.on('unhandledRejection', (reason) => {
    const error = Object.assign(runtimeError('UnhandledPromiseRejection', String(reason)), {
      reason,
      promise: {},
    })
    end('Unhandled Promise Rejection', error, exitStatus.unhandledRejection)
  })
  process.on('beforeExit', () => state.turn?.atEmptyLoop())
}

/**
 * Returns what takes one event after another. A turn is over with its first answer; later ones are
 * those of a turn that is no longer the current one.
 */
function createTurns(runtime, environment, { userFunction, invoke, generation }) {
  const { channel, log, state, next, setTrace } = runtime
  const contextOf = createContexts(environment)
  const end = (turn, send) => {
    if (state.turn !== turn) return
    state.turn = undefined
    channel.setFlow(undefined)
    channel.hold()
    send()
    next()
  }
  const fail = (turn, error) => {
    if (state.turn !== turn) return
    log('ERROR', 'Invoke Error', toErrorLogText(error))
    end(turn, () => sendAnswer(channel, kinds.error, stringify(toErrorAnswer(error))))
  }
  const respond = (turn, result) => {
    if (state.turn !== turn) return
    let text
    try {
      // What JSON has no word for is null.
      text = stringify(result) ?? 'null'
    } catch {
      fail(turn, marshalError(generation))
      return
    }
    end(turn, () => sendAnswer(channel, kinds.response, text))
  }
  const respondBytes = (turn, bytes) => {
    end(turn, () => {
      if (bytes.length < frameBytesMax) channel.sendBytes(kinds.response, bytes)
      else sendTooLarge(channel)
    })
  }
  const endStream = (turn) => {
    end(turn, () => channel.send(kinds.streamEnd, ''))
  }
  return function takeTurn(header, eventText) {
    const turn = { atEmptyLoop() {}, respond, respondBytes, endStream, fail, sending: undefined }
    if (header.isStreamed) turn.sending = { channel, isCurrent: () => state.turn === turn }
    state.turn = turn
    state.requestId = header.requestId
    channel.release()
    setTrace(header.traceId)
    try {
      const context = contextOf(header)
      invoke(userFunction, { turn, event: parse(eventText), context })
    } catch (error) {
      fail(turn, error)
    }
  }
}

function marshalError({ isModern }) {
  const message = 'Unable to stringify response body'
  return isModern ? runtimeError('JSONStringifyError', message) : new Error(message)
}

/** The supervisor measures answers itself; what no frame can carry is refused here. */
function sendAnswer(channel, kind, text) {
  const isSure = text.length * 3 < frameBytesMax
  if (isSure || Buffer.byteLength(text) < frameBytesMax) channel.send(kind, text)
  else sendTooLarge(channel)
}

function sendTooLarge(channel) {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`
  const answer = { errorType: 'Function.ResponseSizeTooLarge', errorMessage }
  channel.send(kinds.error, stringify(answer))
}

/**
 * Returns what makes the context object of an event.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
function createContexts(environment) {
  const ofFunction = {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
  }
  return ({ requestId, deadlineMs, invokedFunctionArn, clientContext }) => ({
    ...ofFunction,
    clientContext: parseClientContext(clientContext),
    identity: undefined,
    invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadlineMs - now(),
  })
}

function parseClientContext(text) {
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch (error) {
    throw new Error(`Cannot parse ClientContext as json: ${String(error)}`, { cause: error })
  }
}
