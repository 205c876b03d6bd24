import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createOriginReader, parseUriTemplate, type HttpTarget } from './uri-template.ts'

const nothing = new Map<string, string>()

function expanded(
  text: string,
  variables: Record<string, string> = {},
  path: Record<string, string> = {},
): string {
  return parseUriTemplate(text).expand(variables, new Map(Object.entries(path)))
}

function target(
  text: string,
  variables: Record<string, string> = {},
  path: Record<string, string> = {},
): HttpTarget {
  return parseUriTemplate(text).target(variables, new Map(Object.entries(path)))
}

function refusal(text: string, variables: Record<string, string> = {}): string {
  const read = target(text, variables)
  return read.outcome === 'invalid-endpoint' ? read.detail : 'a target'
}

describe('expand()', () => {
  // Documented: the five places of aws-api-gateway-stage-variables-reference.html
  const places: readonly [template: string, value: string, expected: string][] = [
    ['http://${stageVariables.v}', 'api.example.com/v1', 'http://api.example.com/v1'],
    ['http://${stageVariables.v}/op', 'example.com', 'http://example.com/op'],
    ['http://${stageVariables.v}.example.com/op', 'beta', 'http://beta.example.com/op'],
    ['http://example.com/${stageVariables.v}/bar', 'v2', 'http://example.com/v2/bar'],
    ['http://example.com/foo?q=${stageVariables.v}', 'x', 'http://example.com/foo?q=x'],
    [
      'arn:aws:apigateway:r:lambda:path/f/arn:aws:lambda:r:1:function:f:${stageVariables.v}/invocations',
      'PROD',
      'arn:aws:apigateway:r:lambda:path/f/arn:aws:lambda:r:1:function:f:PROD/invocations',
    ],
  ]
  for (const [template, value, expected] of places) {
    test(`puts the variable into ${template}`, () => {
      assert.equal(expanded(template, { v: value }), expected)
    })
  }

  test('leaves nothing for a variable that the stage does not have', () => {
    assert.equal(expanded('http://${stageVariables.host}/a'), 'http:///a')
    assert.equal(expanded('http://h/${stageVariables.constructor}'), 'http://h/')
    assert.equal(expanded('http://h/${stageVariables.__proto__}x'), 'http://h/x')
  })

  test('does not expand what a value brings', () => {
    assert.equal(
      expanded(
        'http://h/${stageVariables.a}/{p}',
        { a: '{p}', b: 'no' },
        { p: '${stageVariables.b}' },
      ),
      'http://h/{p}/$%7BstageVariables.b%7D',
    )
  })

  test('leaves the placeholder of a path parameter that nothing sets', () => {
    assert.equal(expanded('http://h/{proxy}'), 'http://h/{proxy}')
    assert.equal(expanded('http://h/{proxy+}', {}, { proxy: 'x' }), 'http://h/{proxy+}')
  })

  test('keeps what the client wrote in its path, slashes and escapes too', () => {
    const raw = "a//b/%2F%zz/c+d;e=f,g@h:i!$&'()*~._-"
    assert.equal(expanded('http://h/{proxy}', {}, { proxy: raw }), `http://h/${raw}`)
  })

  test('encodes what a path cannot hold', () => {
    assert.equal(
      expanded('http://h/{p}/z', {}, { p: 'a b?c#d\r\nX: y|é😀\ud800' }),
      'http://h/a%20b%3Fc%23d%0D%0AX:%20y%7C%C3%A9%F0%9F%98%80%EF%BF%BD/z',
    )
  })

  test('keeps a value in the query one value', () => {
    assert.equal(
      expanded('http://h/a?q={p}', {}, { p: 'x&y=z+1/2' }),
      'http://h/a?q=x%26y%3Dz%2B1/2',
    )
  })
})

describe('parseUriTemplate()', () => {
  test('names its placeholders once each', () => {
    const template = parseUriTemplate('http://${stageVariables.a}/{x}/${stageVariables.a}/{y}/{x}')
    assert.deepEqual(template.stageVariableNames, ['a'])
    assert.deepEqual(template.pathParameterNames, ['x', 'y'])
    assert.ok(Object.isFrozen(template) && Object.isFrozen(template.pathParameterNames))
  })
})

describe('target()', () => {
  test('splits an address', () => {
    assert.deepEqual(target('https://API.example.com/v1/pets?a=1&b=2#top'), {
      outcome: 'target',
      origin: { protocol: 'https:', hostname: 'api.example.com', port: 443 },
      target: '/v1/pets?a=1&b=2',
      hostHeader: 'API.example.com',
    })
  })

  test('gives the path that is missing', () => {
    for (const [text, expected] of [
      ['http://h', '/'],
      ['http://h?a=1', '/?a=1'],
      ['http://h#x', '/'],
      ['http://h//a', '//a'],
    ] as const) {
      const read = target(text)
      assert.equal(read.outcome === 'target' && read.target, expected, text)
    }
  })

  test('reads ports, and leaves the usual one out of Host', () => {
    for (const [text, port, host] of [
      ['HTTP://h:8080/', 8080, 'h:8080'],
      ['http://h:80/', 80, 'h'],
      ['https://h:443', 443, 'h'],
      ['https://h:80', 80, 'h:80'],
      ['http://[::1]:3000/', 3000, '[::1]:3000'],
      ['http://my_service:1', 1, 'my_service:1'],
    ] as const) {
      const read = target(text)
      assert.ok(read.outcome === 'target', text)
      assert.deepEqual([read.origin.port, read.hostHeader], [port, host])
    }
    const read = target('http://[FE80::1]/')
    assert.equal(read.outcome === 'target' && read.origin.hostname, 'fe80::1')
  })

  test('refuses what is no http(s) URL once expanded', () => {
    const backendUrl = 'https://api.example.com/v1'
    assert.match(
      refusal('http://${stageVariables.u}', { u: backendUrl }),
      /^http:\/\/https:\/\/api/,
    )
    assert.equal(target('${stageVariables.u}', { u: backendUrl }).outcome, 'target')
    for (const text of [
      '',
      'http:',
      'http://',
      'http:///a',
      'ftp://h/',
      'h/a',
      'arn:aws:lambda',
      'http://h:0/',
      'http://h:65536/',
      'http://h:/',
      'http://user:pw@h/',
      'http://h ost/',
      'http://h/a b',
      'http://h/{proxy}',
      'http://h/\n',
      'http://h/é',
      'http://[::1/',
      'javascript:alert(1)//http://h/',
      ' http://h/',
    ]) {
      assert.equal(target(text).outcome, 'invalid-endpoint', text)
    }
    assert.match(refusal('http://h/a/{proxy}'), /illegal character at index 11$/)
  })

  test('never throws, and what it takes is one line of ASCII', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `http://${text}`),
    )
    fc.assert(
      fc.property(texts, fc.string({ unit: 'binary' }), (text, value) => {
        for (const read of [
          target(text, {}, { p: value }),
          target(`http://h/{p}?${text}`, {}, { p: value }),
        ]) {
          if (read.outcome === 'target') assert.match(read.target, /^\/[!-~]*$/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('agrees with URL about ordinary addresses', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
        const read = target(text)
        const url = new URL(text)
        assert.ok(read.outcome === 'target', text)
        assert.equal(read.origin.protocol, url.protocol)
        assert.equal(read.origin.hostname, url.hostname)
        assert.equal(new URL(`http://h${read.target}`).search, url.search)
      }),
      { numRuns: 1000 },
    )
  })

  test('remembers what repeats and forgets in the end', () => {
    const template = parseUriTemplate('http://${stageVariables.h}/a', createOriginReader())
    const first = template.target({ h: 'one' }, nothing)
    assert.equal(template.target({ h: 'one' }, nothing), first)
    for (let i = 0; i < 1000; i++) {
      const read = template.target({ h: `host-${i}` }, nothing)
      assert.equal(read.outcome === 'target' && read.hostHeader, `host-${i}`)
    }
    assert.notEqual(template.target({ h: 'one' }, nothing), first)
    assert.deepEqual(template.target({ h: 'one' }, nothing), first)
  })
})
