import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sandboxSpec } from '../../../test/support/sandbox-scene.ts'
import { functionEnvironment } from './function-environment.ts'

const directories = { taskRoot: '/code', optDirectory: '/layers' }
const parts = { spec: sandboxSpec(), directories, runtimeDirectory: '/runtime' }

describe('functionEnvironment()', () => {
  test('is what AWS sets, with the real directories', () => {
    const environment = functionEnvironment({ ...parts, interpreterDirectory: '/node/bin' })
    assert.deepEqual(environment, {
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef',
      AWS_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: 'stagedoor',
      AWS_SESSION_TOKEN: 'stagedoor',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
      LAMBDA_RUNTIME_DIR: '/runtime',
      LAMBDA_TASK_ROOT: '/code',
      LANG: 'en_US.UTF-8',
      LD_LIBRARY_PATH: '/code:/code/lib:/layers/lib',
      NODE_PATH: '/layers/nodejs/node24/node_modules:/layers/nodejs/node_modules:/code',
      PATH: '/node/bin:/usr/local/bin:/usr/bin:/bin:/layers/bin',
      PWD: '/code',
      SHLVL: '0',
      TZ: ':UTC',
      _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
      _AWS_XRAY_DAEMON_PORT: '2000',
      _HANDLER: 'echo',
    })
  })

  test('has the modules of layers where Python looks for them', () => {
    const spec = sandboxSpec({ runtime: 'python3.12' })
    const { PYTHONPATH, NODE_PATH } = functionEnvironment({ ...parts, spec })
    assert.equal(PYTHONPATH, '/code:/layers/python:/layers/python/lib/python3.12/site-packages')
    assert.equal(NODE_PATH, undefined)
  })

  test('names the Runtime API and no language to a runtime of the function’s own', () => {
    const spec = sandboxSpec({ runtime: 'provided.al2023' })
    const environment = functionEnvironment({
      ...parts,
      directories: { taskRoot: '/code' },
      spec,
      runtimeApi: '127.0.0.1:9001',
    })
    assert.equal(environment['AWS_LAMBDA_RUNTIME_API'], '127.0.0.1:9001')
    assert.equal(environment['AWS_EXECUTION_ENV'], undefined)
    assert.equal(environment['PATH'], '/usr/local/bin:/usr/bin:/bin')
  })

  test('has the user’s own variables on top', () => {
    const spec = sandboxSpec({ environment: { TABLE: 'orders', TZ: 'Europe/Berlin' } })
    const { TABLE, TZ } = functionEnvironment({ ...parts, spec })
    assert.deepEqual([TABLE, TZ], ['orders', 'Europe/Berlin'])
  })
})
