import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startNode } from '../support/bootstrap-host.ts'

describe('the Node bootstrap loads', () => {
  const esm = 'export const handler = async () => "here"'
  const cjs = 'exports.handler = async () => "here"'
  const forms: readonly {
    name: string
    handler: string
    files: Readonly<Record<string, string>>
    runtime?: string
  }[] = [
    { name: 'a CommonJS file', handler: 'index.handler', files: { 'index.js': cjs } },
    { name: 'a .cjs file', handler: 'index.handler', files: { 'index.cjs': cjs } },
    { name: 'an .mjs file', handler: 'index.handler', files: { 'index.mjs': esm } },
    {
      name: 'a .js file of a package of type module',
      handler: 'index.handler',
      files: { 'index.js': esm, 'package.json': '{"type":"module"}' },
    },
    {
      name: 'the nearest package.json decides',
      handler: 'lib/index.handler',
      files: { 'lib/index.js': cjs, 'lib/package.json': '{}', 'package.json': '{"type":"module"}' },
    },
    {
      name: 'an ES module that awaits at its top',
      handler: 'index.handler',
      files: { 'index.mjs': `const word = await Promise.resolve("here")\n${esm}` },
    },
    {
      name: 'a folder and a property of an export',
      handler: 'src/app.api.v1.handler',
      files: { 'src/app.js': 'exports.api = { v1: { handler: async () => "here" } }' },
    },
    {
      name: 'a package of node_modules',
      handler: 'orders.handler',
      files: { 'node_modules/orders/index.js': cjs },
    },
    { name: 'a file without suffix', handler: 'index.handler', files: { index: cjs } },
    {
      name: 'a property of the default export from nodejs24.x on',
      handler: 'index.handler',
      files: { 'index.mjs': 'export default { handler: async () => "here" }' },
      runtime: 'nodejs24.x',
    },
  ]
  for (const { name, files, ...options } of forms) {
    test(name, async (t) => {
      const host = await startNode(t, files, options).ready()
      assert.equal(await host.answer({}), 'here')
    })
  }
})

describe('the Node bootstrap refuses to start', () => {
  const cases: readonly {
    name: string
    files: Readonly<Record<string, string>>
    type: string
    message: RegExp
    options?: { readonly handler?: string; readonly runtime?: string }
  }[] = [
    {
      name: 'without the file',
      files: {},
      type: 'Runtime.ImportModuleError',
      message: /^Error: Cannot find module 'index'\nRequire stack:\n/,
    },
    {
      name: 'without a package that the file needs',
      files: { 'index.js': 'require("absent")' },
      type: 'Runtime.ImportModuleError',
      message: /^Error: Cannot find module 'absent'/,
    },
    {
      name: 'without the export',
      files: { 'index.js': 'exports.other = 1' },
      type: 'Runtime.HandlerNotFound',
      message: /^index\.handler is undefined or not exported$/,
    },
    {
      name: 'when the export is no function',
      files: { 'index.js': 'exports.handler = 1' },
      type: 'Runtime.HandlerNotFound',
      message: /^index\.handler is not a function$/,
    },
    {
      name: 'with a name without a dot',
      files: {},
      type: 'Runtime.MalformedHandlerName',
      message: /^Bad handler$/,
      options: { handler: 'index' },
    },
    {
      name: 'with a name that leaves the folder',
      files: {},
      type: 'Runtime.MalformedHandlerName',
      message: /^'\.\.\/index\.handler' is not a valid handler name\. Use absolute paths when/,
      options: { handler: '../index.handler' },
    },
    {
      name: 'code with a syntax error',
      files: { 'index.js': 'exports.handler = async ( => 1' },
      type: 'Runtime.UserCodeSyntaxError',
      message: /^SyntaxError: /,
    },
    {
      name: 'code that throws',
      files: { 'index.js': 'throw new TypeError("no table")' },
      type: 'TypeError',
      message: /^no table$/,
    },
    {
      name: 'a callback handler from nodejs24.x on',
      files: { 'index.js': 'exports.handler = (event, context, callback) => callback()' },
      type: 'Runtime.CallbackHandlerDeprecated',
      message: /^ERROR: AWS Lambda has removed support for callback-based function handlers/,
      options: { runtime: 'nodejs24.x' },
    },
  ]
  for (const { name, files, type, message, options } of cases) {
    test(name, async (t) => {
      const host = startNode(t, files, options)
      const error = await host.initError()
      assert.equal(error['errorType'], type)
      assert.match(String(error['errorMessage']), message)
      assert.ok(Array.isArray(error['trace']))
      assert.deepEqual(await host.exit, { code: 1, signal: null })
      assert.match(
        host.logs()[0]!,
        /^[\d-]+T[\d:.]+Z\tundefined\tERROR\t(Uncaught Exception|Init Error) \t\{/,
      )
    })
  }

  test('a promise that fails while the code is loaded', async (t) => {
    const code =
      'Promise.reject(new Error("no table"))\nawait new Promise((r) => setTimeout(r, 60_000))'
    const host = startNode(t, { 'index.mjs': code })
    const error = await host.initError()
    assert.equal(error['errorType'], 'Runtime.UnhandledPromiseRejection')
    assert.equal(error['errorMessage'], 'Error: no table')
    assert.deepEqual(await host.exit, { code: 1, signal: null })
  })

  test('a module that never ends loading, with the status of Node', async (t) => {
    const host = startNode(t, { 'index.mjs': 'await new Promise(() => {})' })
    assert.deepEqual(await host.exit, { code: 13, signal: null })
  })
})
