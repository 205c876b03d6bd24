import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import { BootstrapHost, invokeFrame, kinds, pythonCommand } from '../support/bootstrap-host.ts'

/** Set by `npm test`, which finds or installs it. */
const python = process.env['STAGEDOOR_TEST_PYTHON3'] ?? ''
const skip = python === '' ? 'needs python3: run npm test, or set STAGEDOOR_TEST_PYTHON3' : false

type Files = Readonly<Record<string, string>>

function start(
  t: TestContext,
  files: string | Files,
  { handler = 'app.handler', runtime = 'python3.12' } = {},
): BootstrapHost {
  return new BootstrapHost(t, {
    command: pythonCommand(python),
    files: typeof files === 'string' ? { 'app.py': files } : files,
    handler,
    runtime,
  })
}

const returning = (expression: string) => `def handler(event, context):\n    return ${expression}\n`

describe('the Python bootstrap loads', { skip }, () => {
  const forms: readonly { name: string; handler: string; files: Files }[] = [
    { name: 'a module', handler: 'app.handler', files: { 'app.py': returning('"here"') } },
    {
      name: 'a module of a package',
      handler: 'shop.orders.handler',
      files: { 'shop/__init__.py': '', 'shop/orders.py': returning('"here"') },
    },
    {
      name: 'a module in a folder',
      handler: 'src/orders.handler',
      files: { 'src/orders.py': returning('"here"') },
    },
    {
      name: 'a module that imports its neighbour',
      handler: 'app.handler',
      files: { 'app.py': 'from words import handler\n', 'words.py': returning('"here"') },
    },
  ]
  for (const { name, handler, files } of forms) {
    test(name, async (t) => {
      const host = await start(t, files, { handler }).ready()
      assert.equal(await host.answer({}), 'here')
    })
  }
})

describe('the Python bootstrap refuses to start', { skip }, () => {
  const cases: readonly {
    name: string
    files: Files
    handler?: string
    type: string
    message: string | RegExp
  }[] = [
    {
      name: 'without the module',
      files: {},
      type: 'Runtime.ImportModuleError',
      message: "Unable to import module 'app': No module named 'app'",
    },
    {
      name: 'without what the module imports',
      files: { 'app.py': 'import absent' },
      type: 'Runtime.ImportModuleError',
      message: "Unable to import module 'app': No module named 'absent'",
    },
    {
      name: 'without the function',
      files: { 'app.py': '' },
      type: 'Runtime.HandlerNotFound',
      message: "Handler 'handler' missing on module 'app'",
    },
    {
      name: 'with a name without a dot',
      files: {},
      handler: 'app',
      type: 'Runtime.MalformedHandlerName',
      message: "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
    },
    {
      name: 'a module that is built in',
      files: {},
      handler: 'sys.exit',
      type: 'Runtime.BuiltInModuleConflict',
      message: 'Cannot use built-in module sys as a handler module',
    },
    {
      name: 'code with a syntax error',
      files: { 'app.py': 'def handler(:\n' },
      type: 'Runtime.UserCodeSyntaxError',
      message: /^Syntax error in module 'app': .*\(app\.py, line 1\)$/,
    },
    {
      name: 'code that raises',
      files: { 'app.py': 'raise KeyError("TABLE")' },
      type: 'KeyError',
      message: "'TABLE'",
    },
  ]
  for (const { name, files, type, message, handler } of cases) {
    test(name, async (t) => {
      const host = start(t, files, handler === undefined ? {} : { handler })
      const error = await host.initError()
      assert.equal(error['errorType'], type)
      if (typeof message === 'string') assert.equal(error['errorMessage'], message)
      else assert.match(String(error['errorMessage']), message)
      assert.equal(error['requestId'], '')
      assert.deepEqual(await host.exit, { code: 1, signal: null })
      assert.ok(
        host.logs()[0]!.startsWith(`[ERROR] ${type}: ${String(error['errorMessage'])}\nTraceback`),
      )
    })
  }

  test('the line of a syntax error is its trace', async (t) => {
    const [entry] = (await start(t, 'def handler(:\n').initError())['stackTrace'] as string[]
    assert.match(entry!, /^ {2}File ".*app\.py" Line 1\n {4}def handler\(:\n$/)
  })

  test('a module that exits, with its status', async (t) => {
    const host = start(t, 'import sys; sys.exit(4)')
    assert.deepEqual(await host.exit, { code: 4, signal: null })
    assert.deepEqual(host.frames, [])
  })
})

describe('the Python bootstrap answers', { skip }, () => {
  const results: readonly { name: string; code: string; answer: string; runtime?: string }[] = [
    { name: 'JSON with spaces', code: '{"a": [1, None, True]}', answer: '{"a": [1, null, true]}' },
    { name: 'None as null', code: 'None', answer: 'null' },
    { name: 'text as it is from python3.12 on', code: '"ä"', answer: '"ä"' },
    {
      name: 'escaped text up to python3.11',
      code: '"ä"',
      answer: '"\\u00e4"',
      runtime: 'python3.11',
    },
    {
      name: 'numbers of decimal as they are',
      code: '{"p": __import__("decimal").Decimal("1.10")}',
      answer: '{"p": 1.10}',
    },
    { name: 'bytes within JSON as text', code: '{"b": b"x"}', answer: '{"b": "x"}' },
    { name: 'bytes alone as they are', code: 'b"plain"', answer: 'plain' },
  ]
  for (const { name, code, answer, ...options } of results) {
    test(name, async (t) => {
      const host = await start(t, returning(code), options).ready()
      const frame = await host.invoke({})
      assert.equal(frame.content.toString(), answer)
      assert.equal(frame.kind, kinds.response)
    })
  }

  test('6 MB, in pieces, both ways', async (t) => {
    const host = await start(t, returning('event')).ready()
    const event = { body: 'ä€𝄞'.repeat(600_000) }
    assert.deepEqual(await host.answer(event), event)
    for (const byte of invokeFrame({ n: 1 })) host.write(Buffer.of(byte))
    assert.equal((await host.next()).content.toString(), '{"n": 1}')
  })

  test('what no frame can carry with the error of AWS', async (t) => {
    const host = await start(t, returning('"x" * (17 * 1024 * 1024)')).ready()
    assert.equal((await host.error())['errorType'], 'Function.ResponseSizeTooLarge')
  })
})

describe('the Python bootstrap reports', { skip }, () => {
  test('an exception with the trace from the function on, and logs it as one event', async (t) => {
    const code =
      'def divide(n):\n    return 1 / n\n\ndef handler(event, context):\n    return divide(0)\n'
    const host = await start(t, code).ready()
    const error = await host.error()
    assert.equal(error['errorType'], 'ZeroDivisionError')
    assert.equal(error['errorMessage'], 'division by zero')
    assert.equal(error['requestId'], '8f507cfc-xmpl-4697-b07a-ac58fc914c95')
    const trace = error['stackTrace'] as string[]
    assert.equal(trace.length, 2)
    assert.match(trace[0]!, /^ {2}File ".*app\.py", line 5, in handler\n {4}return divide\(0\)\n/)
    assert.match(trace[1]!, /^ {2}File ".*app\.py", line 2, in divide\n {4}return 1 \/ n\n/)
    const [first, second, third] = host.logs()[0]!.split('\n')
    assert.equal(first, '[ERROR] ZeroDivisionError: division by zero')
    assert.equal(second, 'Traceback (most recent call last):')
    assert.match(third!, /^\u00a0\u00a0File /)
    assert.equal((await host.error())['errorType'], 'ZeroDivisionError')
  })

  const faults = [
    {
      name: 'an answer that is no JSON',
      code: '{1}',
      event: '{}',
      error: {
        errorType: 'Runtime.MarshalError',
        errorMessage: 'Unable to marshal response: Object of type set is not JSON serializable',
      },
    },
    {
      name: 'an event that is no JSON',
      code: '1',
      event: '{',
      error: {
        errorType: 'Runtime.UnmarshalError',
        errorMessage:
          'Unable to unmarshal input: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
      },
    },
  ]
  for (const { name, code, event, error } of faults) {
    test(name, async (t) => {
      const host = await start(t, returning(code)).ready()
      const { errorType, errorMessage } = await host.error(event)
      assert.deepEqual({ errorType, errorMessage }, error)
    })
  }

  for (const [code, status] of [
    ['sys.exit(3)', 3],
    ['sys.exit()', 0],
    ['os._exit(5)', 5],
  ] as const) {
    test(`nothing when the function calls ${code}: its status is the answer`, async (t) => {
      const host = await start(
        t,
        `import os, sys\ndef handler(event, context):\n    ${code}\n`,
      ).ready()
      await assert.rejects(host.invoke({}), /the channel ended/)
      assert.deepEqual(await host.exit, { code: status, signal: null })
    })
  }
})

describe('the Python bootstrap gives a function', { skip }, () => {
  test('the context object', async (t) => {
    const code = `def handler(event, context):
    names = ['aws_request_id', 'function_name', 'function_version', 'invoked_function_arn',
             'memory_limit_in_mb', 'log_group_name', 'log_stream_name']
    client = context.client_context
    return {**{name: getattr(context, name) for name in names},
            'left': context.get_remaining_time_in_millis(),
            'client': client and [client.custom, client.client.app_title],
            'identity': context.identity.cognito_identity_id}
`
    const host = await start(t, code).ready()
    const clientContext = '{"custom":{"a":"b"},"client":{"app_title":"shop"}}'
    const answer = (await host.answer({}, { clientContext })) as { left: number }
    const { left, ...context } = answer
    assert.deepEqual(context, {
      aws_request_id: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
      function_name: 'orders',
      function_version: '7',
      invoked_function_arn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders:PROD',
      memory_limit_in_mb: '128',
      log_group_name: '/aws/lambda/orders',
      log_stream_name: '2026/11/22/[7]0123456789abcdef0123456789abcdef',
      client: [{ a: 'b' }, 'shop'],
      identity: null,
    })
    assert.ok(left > 0 && left <= 30_000)
    const late = await host.answer({}, { deadlineMs: 1 })
    assert.equal((late as { left: number }).left, 0)
    assert.equal((late as { client: unknown } & object).client, null)
  })

  test('the trace of each event, and none where there is none', async (t) => {
    const code = `import os\n${returning('os.environ.get("_X_AMZN_TRACE_ID")')}`
    const host = await start(t, code).ready()
    assert.equal(await host.answer({}, { traceId: 'Root=2' }), 'Root=2')
    assert.equal(await host.answer({}, { traceId: undefined }), null)
  })

  test('a root logger whose records are one event each, before the answer, and a raw print', async (t) => {
    const code = `import logging
logger = logging.getLogger()
logger.warning('starting')
logger.setLevel(logging.INFO)
def handler(event, context):
    logger.info('two\\nlines')
    logger.debug('not this')
    print('raw', 1)
`
    const host = await start(t, code).ready()
    await host.invoke({})
    const [starting, lines, ...rest] = host.logs()
    assert.match(starting!, /^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t\tstarting$/)
    assert.match(lines!, /^\[INFO\]\t[^\t]+Z\t8f507cfc-xmpl-4697-b07a-ac58fc914c95\ttwo\nlines$/)
    assert.deepEqual(rest, [])
    assert.equal(host.frames.at(-1)!.kind, kinds.response)
    host.end()
    await host.exit
    assert.equal(host.stdout, 'raw 1\n')
  })

  test('a module path that begins with its own folder and not the runtime', async (t) => {
    const host = await start(t, `import sys\n${returning('sys.path[0]')}`).ready()
    assert.equal(await host.answer({}), host.directory)
  })
})

test('the Python bootstrap writes nothing beside the code', { skip }, async (t) => {
  const files = { 'app.py': 'from words import handler\n', 'words.py': returning('1') }
  const host = await start(t, files).ready()
  assert.equal(await host.answer({}), 1)
  assert.deepEqual(readdirSync(host.directory).toSorted(), ['app.py', 'words.py'])
})

describe('the Python bootstrap keeps its channel', { skip }, () => {
  test('to itself: a child of the function does not hold it', async (t) => {
    if (process.platform !== 'linux') return t.skip('needs /proc')
    const code = `import os, subprocess
def handler(event, context):
    listing = subprocess.run(['ls', '-l', '/proc/self/fd'], stdout=subprocess.PIPE, close_fds=False)
    return [os.readlink('/proc/self/fd/3'), listing.stdout.decode()]
`
    const host = await start(t, code).ready()
    const [own, ofChild] = (await host.answer({})) as [string, string]
    assert.match(own, /^socket:/)
    assert.ok(!ofChild.includes(own), ofChild)
  })

  test('to itself: a copy that the function forks neither answers nor takes events', async (t) => {
    const code = [
      'import os',
      'def handler(event, context):',
      "    child = os.fork() if event.get('fork') else None",
      '    if child is not None and child > 0:',
      '        os.waitpid(child, 0)',
      "    return 'child' if child == 0 else 'parent'",
    ].join('\n')
    const host = await start(t, code).ready()
    for (const fork of [true, false, true, false]) {
      assert.equal(await host.answer({ fork }), 'parent')
    }
  })

  test('only as long as the supervisor lives, whatever the function does', async (t) => {
    const host = await start(t, 'def handler(event, context):\n    while True: pass\n').ready()
    host.write(invokeFrame({}))
    host.end()
    assert.deepEqual(await host.exit, { code: 0, signal: null })
  })
})
