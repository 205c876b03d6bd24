import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findExecuteApiAddress, hostNameOf, readRequestTarget } from './address.ts'

const locate = (hostField: string, target: string) =>
  findExecuteApiAddress(readRequestTarget({ hostField, target }))

describe('readRequestTarget()', () => {
  const cases: readonly [
    hostField: string,
    target: string,
    host: string,
    path: string,
    query: string,
  ][] = [
    ['h', '/', 'h', '/', ''],
    ['h:1', '/a/b', 'h:1', '/a/b', ''],
    ['h', '/a?x=1&y=?', 'h', '/a', 'x=1&y=?'],
    ['h', '/a?', 'h', '/a', ''],
    ['h', '//a', 'h', '//a', ''],
    ['h', '*', 'h', '/*', ''],
    ['other', 'http://h/a?b', 'h', '/a', 'b'],
    ['other', 'HTTP://H:80/a', 'H:80', '/a', ''],
    ['other', 'https://h', 'h', '/', ''],
    ['other', 'http://h?x=/y', 'h', '/', 'x=/y'],
    ['other', 'http://user:word@h:8/a@b', 'h:8', '/a@b', ''],
    ['other', 'http://[::1]:9/a', '[::1]:9', '/a', ''],
    ['other', 'http:///a', '', '/a', ''],
    ['h', 'ftp://x/a', 'h', '/ftp://x/a', ''],
    ['h', '/http://x/a', 'h', '/http://x/a', ''],
  ]
  for (const [hostField, target, host, path, rawQuery] of cases) {
    test(`reads ${target} with Host ${hostField}`, () => {
      assert.deepEqual(readRequestTarget({ hostField, target }), { host, path, rawQuery })
    })
  }
})

describe('findExecuteApiAddress() reads the API from the host', () => {
  const hosts: readonly [host: string, restApiId: string][] = [
    ['abc.execute-api.localhost', 'abc'],
    ['abc.execute-api.localhost:4566', 'abc'],
    ['abc.execute-api.us-east-1.amazonaws.com', 'abc'],
    ['abc.execute-api.cn-north-1.amazonaws.com.cn', 'abc'],
    ['abc.execute-api.localhost.localstack.cloud:4566', 'abc'],
    ['abc.execute-api.gateway.example', 'abc'],
    ['ABC.Execute-API.Localhost', 'abc'],
    ['abc.execute-api', 'abc'],
    ['abc.execute-api:4566', 'abc'],
    ['abc-vpce-123.execute-api.us-east-1.amazonaws.com', 'abc-vpce-123'],
  ]
  for (const [host, restApiId] of hosts) {
    test(host, () => {
      assert.deepEqual(locate(host, '/prod/pets?a=b'), {
        restApiId,
        stageName: 'prod',
        path: '/pets',
        contextPath: '/prod/pets',
        rawQuery: 'a=b',
      })
    })
  }

  for (const host of [
    '',
    'localhost',
    'localhost:4566',
    '127.0.0.1:4566',
    '[::1]:4566',
    'execute-api.localhost',
    '.execute-api.localhost',
    'abc.execute-apis.localhost',
    'abc.execute.localhost',
    'abc.e',
    'abc.',
    'apigateway.us-east-1.amazonaws.com',
  ]) {
    test(`not from ${host || 'no host'}`, () => assert.equal(locate(host, '/prod/pets'), undefined))
  }

  test('and lets the authority of an absolute target win over the Host field', () => {
    assert.equal(locate('localhost', 'http://abc.execute-api.localhost/prod')?.restApiId, 'abc')
    assert.equal(locate('abc.execute-api.localhost', 'http://localhost/prod'), undefined)
  })

  for (const target of ['/restapis', '/_stagedoor/health', '/_aws/execute-api/x/y', '/', '/v1']) {
    test(`whatever the path is: ${target}`, () => {
      assert.equal(locate('abc.execute-api.localhost', target)?.restApiId, 'abc')
    })
  }
})

describe('findExecuteApiAddress() takes the stage off the path', () => {
  const cases: readonly [path: string, stageName: string, below: string, contextPath: string][] = [
    ['/', '', '/', '/'],
    ['//', '', '/', '/'],
    ['/prod', 'prod', '/', '/prod'],
    ['/prod/', 'prod', '/', '/prod/'],
    ['/prod//', 'prod', '/', '/prod//'],
    ['/prod/pets', 'prod', '/pets', '/prod/pets'],
    ['/prod/pets/', 'prod', '/pets/', '/prod/pets/'],
    ['/prod//pets', 'prod', '/pets', '/prod//pets'],
    ['/prod///pets//1', 'prod', '/pets//1', '/prod///pets//1'],
    ['//prod/pets', 'prod', '/pets', '/prod/pets'],
    ['/PROD/pets', 'PROD', '/pets', '/PROD/pets'],
    ['/pr%6Fd/a%2Fb+c', 'pr%6Fd', '/a%2Fb+c', '/pr%6Fd/a%2Fb+c'],
  ]
  for (const [path, stageName, below, contextPath] of cases) {
    test(`in ${path} by host`, () => {
      const found = locate('abc.execute-api.localhost', path)
      assert.deepEqual(found, {
        restApiId: 'abc',
        stageName,
        path: below,
        contextPath,
        rawQuery: '',
      })
    })
    test(`in ${path} below /_aws/execute-api/abc`, () => {
      const found = locate('localhost:4566', `/_aws/execute-api/abc${path}?q`)
      assert.deepEqual(found, {
        restApiId: 'abc',
        stageName,
        path: below,
        contextPath,
        rawQuery: 'q',
      })
    })
  }

  test('in a reserved path without API or stage', () => {
    const nothing = { stageName: '', path: '/', contextPath: '/', rawQuery: '' }
    assert.deepEqual(locate('localhost', '/_aws/execute-api'), { restApiId: '', ...nothing })
    assert.deepEqual(locate('localhost', '/_aws/execute-api/'), { restApiId: '', ...nothing })
    assert.deepEqual(locate('localhost', '/_aws/execute-api/Abc'), { restApiId: 'Abc', ...nothing })
    assert.equal(locate('localhost', '/_aws/execute-apis/abc/prod'), undefined)
    assert.equal(locate('localhost', '/_aws/lambda'), undefined)
  })
})

describe('findExecuteApiAddress() knows the _user_request_ form', () => {
  const cases: readonly [target: string, below: string, contextPath: string][] = [
    ['/restapis/abc/prod/_user_request_', '/', '/prod'],
    ['/restapis/abc/prod/_user_request_/', '/', '/prod/'],
    ['/restapis/abc/prod/_user_request_/pets', '/pets', '/prod/pets'],
    ['/restapis/abc/prod/_user_request_//pets/', '/pets/', '/prod//pets/'],
  ]
  for (const [target, path, contextPath] of cases) {
    test(target, () => {
      assert.deepEqual(locate('localhost:4566', `${target}?a=1`), {
        restApiId: 'abc',
        stageName: 'prod',
        path,
        contextPath,
        rawQuery: 'a=1',
      })
    })
  }

  for (const target of [
    '/restapis',
    '/restapis/',
    '/restapis/abc',
    '/restapis/abc/stages/prod',
    '/restapis/abc/resources/_user_request_x',
    '/restapis/abc/stages/prod/_user_request_',
    '/restapi/abc/prod/_user_request_/x',
  ]) {
    test(`but not ${target}`, () => assert.equal(locate('localhost', target), undefined))
  }
})

describe('hostNameOf()', () => {
  for (const [host, name] of [
    ['h', 'h'],
    ['h:80', 'h'],
    ['h.', 'h'],
    ['h.:80', 'h'],
    ['[::1]:80', '[::1]'],
    ['', ''],
  ] as const) {
    test(`of ${host || 'nothing'} is ${name || 'nothing'}`, () =>
      assert.equal(hostNameOf(host), name))
  }
})

describe('findExecuteApiAddress(), whatever it is given', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '_aws',
    'execute-api',
    'restapis',
    '_user_request_',
    'a',
    '.',
    '..',
    '%2F',
    '?',
    '#',
    '@',
    ':',
    'http://',
    'abc.execute-api.localhost',
    'localhost',
    '',
    ' ',
    'é',
    '\u0000',
  )
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

  test('never throws, and every address is below a stage', () => {
    fc.assert(
      fc.property(text, text, (hostField, target) => {
        const found = locate(hostField, target)
        if (found === undefined) return
        assert.match(found.path, /^\/(?!\/)/)
        assert.match(found.contextPath, /^\/(?!\/)/)
        assert.ok(!found.path.includes('?') && !found.stageName.includes('/'))
      }),
      { numRuns: 2_000 },
    )
  })

  test('an execute-api host is never for another plane', () => {
    fc.assert(
      fc.property(text, (path) => {
        assert.equal(locate('abc.execute-api.localhost:4566', `/${path}`)?.restApiId, 'abc')
      }),
      { numRuns: 2_000 },
    )
  })
})
