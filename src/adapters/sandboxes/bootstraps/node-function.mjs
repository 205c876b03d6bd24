// Finds the function that `_HANDLER` names: `file.export`, `folder/file.export.property`.
// Documented: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runtimeError, runtimeErrorFrom } from './node-errors.mjs'

/** Marks a function that `awslambda.streamifyResponse` was called with. */
export const streamingMark = Symbol.for('aws.lambda.runtime.handler.streaming')
/** Under which it keeps how much is taken before whoever writes is told to wait, in bytes. */
export const highWaterMark = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')

const preludeContentType = 'application/vnd.awslambda.http-integration-response'
const preludeEnd = new Uint8Array(8)

/** Puts `awslambda` into the global scope, for handlers that stream their answer. */
export function defineAwsLambda() {
  globalThis.awslambda = {
    streamifyResponse(userFunction, options) {
      userFunction[streamingMark] = 'response'
      if (typeof options?.highWaterMark === 'number') {
        userFunction[highWaterMark] = Math.trunc(options.highWaterMark)
      }
      return userFunction
    },
    HttpResponseStream: {
      /** Status and headers go before the first byte of the body, as JSON that eight NUL bytes end. */
      from(stream, prelude) {
        stream.setContentType(preludeContentType)
        const text = JSON.stringify(prelude)
        stream._onBeforeFirstWrite = (write) => {
          write(text)
          write(preludeEnd)
        }
        return stream
      },
    },
  }
}

/**
 * The function that a handler string names.
 *
 * @param {string} root folder of the code
 * @param {string} name the handler string
 * @param {{ importsAll: boolean }} options whether the runtime imports every file, whatever its kind (from
 *   nodejs24.x on): an export may be a property of the default one
 * @throws `Runtime.MalformedHandlerName`, `Runtime.HandlerNotFound`, `Runtime.ImportModuleError`,
 *   `Runtime.UserCodeSyntaxError`, and whatever the code throws while it is loaded
 */
export async function loadUserFunction(root, name, { importsAll }) {
  if (name.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  }
  const last = basename(name)
  const folder = name.slice(0, name.indexOf(last))
  const dot = last.indexOf('.')
  if (dot < 0) throw runtimeError('MalformedHandlerName', 'Bad handler')
  const exported = last.slice(dot + 1).split('.')
  const module = await loadModule({ root, folder, file: last.slice(0, dot), importsAll })
  let found = findProperty(module, exported)
  if (!found && importsAll) found = findProperty(module?.default, exported)
  if (!found) throw runtimeError('HandlerNotFound', `${name} is undefined or not exported`)
  if (typeof found !== 'function') {
    throw runtimeError('HandlerNotFound', `${name} is not a function`)
  }
  return found
}

function findProperty(value, names) {
  return names.reduce((found, name) => found && found[name], value)
}

async function loadModule(place) {
  try {
    return await findModule(place)
  } catch (error) {
    if (error instanceof SyntaxError) {
      const wrapped = runtimeErrorFrom('UserCodeSyntaxError', error)
      // File, line and the mark below it: what the author needs.
      wrapped.stack = error.stack
      throw wrapped
    }
    if (error?.code === 'MODULE_NOT_FOUND') throw runtimeErrorFrom('ImportModuleError', error)
    throw error
  }
}

/** In AWS's order: without a suffix, `.js` by the type of its package, `.mjs`, `.cjs`, then packages. */
async function findModule({ root, folder, file, importsAll }) {
  const path = resolve(root, folder, file)
  const require = createRequire(import.meta.url)
  if (existsSync(path)) return require(path)
  if (existsSync(`${path}.js`)) {
    if (isModulePackage(dirname(path))) return importFile(`${path}.js`)
    try {
      return require(`${path}.js`)
    } catch (error) {
      // An ES module by its syntax alone that awaits at its top: only `import` takes it.
      if (importsAll && error?.code === 'ERR_REQUIRE_ASYNC_MODULE') return importFile(`${path}.js`)
      throw error
    }
  }
  if (existsSync(`${path}.mjs`)) return importFile(`${path}.mjs`)
  if (existsSync(`${path}.cjs`)) return require(`${path}.cjs`)
  return require(require.resolve(file, { paths: [root, resolve(root, folder)] }))
}

function importFile(path) {
  return import(pathToFileURL(path).href)
}

/** Whether the nearest package.json says `"type": "module"`; the search ends at `node_modules`. */
function isModulePackage(folder) {
  for (let at = folder; ; at = dirname(at)) {
    if (basename(at) === 'node_modules') return false
    const description = join(at, 'package.json')
    if (existsSync(description)) return readType(description) === 'module'
    if (at === dirname(at)) return false
  }
}

function readType(description) {
  try {
    return JSON.parse(readFileSync(description, 'utf8')).type
  } catch (error) {
    console.warn(
      `${description} cannot be read, it will be ignored for ES module detection purposes.`,
      error,
    )
    return undefined
  }
}
