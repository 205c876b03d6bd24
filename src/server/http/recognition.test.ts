import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allPlanes, executeApiAlone } from './planes.ts'
import { recognize } from './recognition.ts'

const all = new Set(allPlanes)
const alone = new Set(executeApiAlone)
const local = '127.0.0.1:4566'
const apiHost = 'abc.execute-api.localhost:4566'

describe('recognize() on a listener with every plane', () => {
  const cases: readonly [hostField: string, target: string, plane: string][] = [
    // Host comes first.
    [apiHost, '/prod/pets', 'execute-api'],
    [apiHost, '/_stagedoor/health', 'execute-api'],
    [apiHost, '/_stagedoor/reset', 'execute-api'],
    [apiHost, '/_localstack/health', 'execute-api'],
    [apiHost, '/restapis', 'execute-api'],
    [apiHost, '/', 'execute-api'],
    ['ABC.EXECUTE-API.us-east-1.amazonaws.com', '/restapis', 'execute-api'],
    ['abc.execute-api.localhost.localstack.cloud', '/restapis', 'execute-api'],
    // An absolute target's authority is the Host.
    [local, `http://${apiHost}/_stagedoor/health`, 'execute-api'],
    [apiHost, `http://${local}/_stagedoor/health`, 'operator'],
    // Then the reserved prefixes.
    [local, '/_aws/execute-api/abc/prod/pets', 'execute-api'],
    [local, '/restapis/abc/prod/_user_request_/pets', 'execute-api'],
    [local, '/restapis/abc/prod/_user_request_', 'execute-api'],
    [local, '/_stagedoor/health', 'operator'],
    [local, '/_stagedoor/health?verbose', 'operator'],
    [local, '/_stagedoor', 'operator'],
    [local, '/_stagedoor/console', 'operator'],
    [local, '/_localstack/health', 'operator'],
    // Everything else.
    [local, '/restapis', 'management'],
    [local, '/restapis/abc/stages/prod', 'management'],
    [local, '/restapis/abc/prod/_user_request_x', 'management'],
    [local, '/', 'management'],
    [local, '*', 'management'],
    [local, '/_stagedoorx', 'management'],
    [local, '/%5Fstagedoor/reset', 'management'],
    [local, '//_stagedoor/reset', 'management'],
    [local, '/x/../_stagedoor/reset', 'management'],
    ['apigateway.us-east-1.amazonaws.com', '/restapis', 'management'],
    ['execute-api.localhost', '/restapis', 'management'],
    ['', '/restapis', 'management'],
  ]
  for (const [hostField, target, plane] of cases) {
    test(`takes ${hostField} ${target} for ${plane}`, () => {
      assert.equal(recognize(all, { hostField, target }).plane, plane)
    })
  }

  test('says what the request is for', () => {
    assert.deepEqual(recognize(all, { hostField: apiHost, target: '/prod/a?b=c' }), {
      plane: 'execute-api',
      host: apiHost,
      address: {
        restApiId: 'abc',
        stageName: 'prod',
        path: '/a',
        contextPath: '/prod/a',
        rawQuery: 'b=c',
      },
    })
    assert.deepEqual(recognize(all, { hostField: 'x', target: 'http://h:1/restapis?limit=2' }), {
      plane: 'management',
      host: 'h:1',
      target: '/restapis?limit=2',
    })
  })
})

describe('recognize() on a listener with execute-api alone', () => {
  const cases: readonly [hostField: string, target: string, plane: string][] = [
    [apiHost, '/prod/pets', 'execute-api'],
    [local, '/_aws/execute-api/abc/prod', 'execute-api'],
    [local, '/restapis/abc/prod/_user_request_/', 'execute-api'],
    [local, '/restapis', 'none'],
    [local, '/', 'none'],
    [local, '/_stagedoor/health', 'none'],
    [local, '/_stagedoor/ready', 'none'],
    [local, '/_localstack/health', 'none'],
    ['apigateway.us-east-1.amazonaws.com', '/restapis', 'none'],
  ]
  for (const [hostField, target, plane] of cases) {
    test(`takes ${hostField} ${target} for ${plane}`, () => {
      assert.equal(recognize(alone, { hostField, target }).plane, plane)
    })
  }
})
