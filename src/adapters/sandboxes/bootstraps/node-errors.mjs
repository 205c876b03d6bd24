// Errors as AWS's runtime for Node tells them: to the caller, and to the log.
// Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
import { types } from 'node:util'

const { stringify } = JSON

/**
 * An error that the runtime itself reports, not the function.
 *
 * @param {string} reason what follows `Runtime.` in `errorType`
 * @param {string} message
 */
export function runtimeError(reason, message) {
  const error = new Error(message)
  Object.defineProperty(error, 'name', { value: `Runtime.${reason}`, configurable: true })
  // Again, so that the first line of the stack has the name.
  Error.captureStackTrace(error, runtimeError)
  return error
}

/** The same for an error of Node's, whose name and message become the message. */
export function runtimeErrorFrom(reason, cause) {
  return runtimeError(reason, String(cause))
}

/**
 * What the caller gets: `errorType`, `errorMessage`, `trace`. Anything can be thrown, and reading what was
 * thrown can throw as well.
 */
export function toErrorAnswer(error) {
  try {
    if (types.isNativeError(error) || looksLikeError(error)) {
      return {
        errorType: escapeDelete(error.name),
        errorMessage: escapeDelete(error.message),
        trace: escapeDelete(error.stack).split('\n'),
      }
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    }
  }
}

function looksLikeError(error) {
  return Boolean(
    error &&
    typeof error.name === 'string' &&
    error.name &&
    typeof error.message === 'string' &&
    error.message &&
    typeof error.stack === 'string',
  )
}

/** DEL is the one character of ASCII that JSON lets through and headers do not. */
function escapeDelete(text) {
  return String(text).replace(/\x7F/g, '%7F')
}

/** What the log gets after `Invoke Error` and the like: a tab, then JSON with the error's own fields. */
export function toErrorLogText(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(safeString(thrown))
  try {
    return `\t${stringify(error, (_name, value) => withOwnFields(value))}`
  } catch {
    return `\t${stringify(toErrorAnswer(error))}`
  }
}

function safeString(value) {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

function withOwnFields(value) {
  if (!(value instanceof Error)) return value
  const { name: errorType, message: errorMessage, code, stack } = value
  const fields = Object.assign({ errorType, errorMessage, code }, value)
  if (typeof stack === 'string') fields.stack = stack.split('\n')
  return fields
}
