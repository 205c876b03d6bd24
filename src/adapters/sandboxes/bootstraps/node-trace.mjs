// The trace of the event under way, where functions look for it: `process.env._X_AMZN_TRACE_ID`.
//
// The C library never frees a value that a variable of the environment once had, so one value an event
// would grow the process by every event it serves. The variable is therefore kept beside the environment:
// JavaScript and the programs that it starts see it there; native code that asks the C library does not.
const name = '_X_AMZN_TRACE_ID'

/**
 * Puts `process.env` behind an object that holds the trace; returns what sets it.
 *
 * @returns {(traceId: string | undefined) => void}
 */
export function keepTrace() {
  let trace
  delete process.env[name]
  const isTrace = (key) => key === name
  process.env = new Proxy(process.env, {
    get: (environment, key) => (isTrace(key) ? trace : environment[key]),
    has: (environment, key) => (isTrace(key) ? trace !== undefined : key in environment),
    set(environment, key, value) {
      if (isTrace(key)) trace = String(value)
      else environment[key] = value
      return true
    },
    deleteProperty(environment, key) {
      if (isTrace(key)) trace = undefined
      else delete environment[key]
      return true
    },
    ownKeys: (environment) =>
      trace === undefined ? Reflect.ownKeys(environment) : [...Reflect.ownKeys(environment), name],
    getOwnPropertyDescriptor(environment, key) {
      if (!isTrace(key)) return Reflect.getOwnPropertyDescriptor(environment, key)
      if (trace === undefined) return undefined
      return { value: trace, writable: true, enumerable: true, configurable: true }
    },
  })
  return (traceId) => {
    trace = traceId || undefined
  }
}
