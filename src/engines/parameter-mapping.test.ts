import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readJsonDocument } from './json-document/read-json.ts'
import { compileJsonPath } from './json-path/compile-json-path.ts'
import {
  evaluateMapping,
  evaluateMappingValues,
  type MappingExpression,
  type MappingSources,
  parseMappingExpression,
  parseRequestTarget,
  parseResponseTarget,
  readBodyDocument,
} from './parameter-mapping.ts'

const sources: MappingSources = {
  pathParameters: new Map([['proxy', 'a%2Fb/c']]),
  queryParameters: new Map([
    ['one', ['1']],
    ['many', ['x', 'y', 'z']],
  ]),
  requestHeaders: ['X-Many', 'a', 'x-many', 'lower', 'X-Many', 'b'],
  requestBody: ' {"a":1}\n',
  responseHeaders: ['Set-Cookie', 'c=1', 'Set-Cookie', 'd=2'],
  responseBody: '',
  requestDocument: readJsonDocument('{"a":1,"b":{"c":[1.50,"x"],"n":null},"t":"text","yes":true}'),
  responseDocument: undefined,
  stageVariables: { url: 'example.com' },
  contextValue: (name) => (name === 'requestId' ? 'id-1' : undefined),
}

function evaluate(text: string): string | undefined {
  const parsed = parseMappingExpression(text)
  assert.ok(parsed.outcome === 'parsed', text)
  return evaluateMapping(compiled(parsed.value), sources)
}

/** As the compiler of a deployment leaves it. */
function compiled(expression: MappingExpression): MappingExpression {
  if (!('jsonPath' in expression) || expression.jsonPath === undefined) return expression
  return { ...expression, path: compileJsonPath(expression.jsonPath) }
}

describe('evaluateMapping()', () => {
  const cases: readonly [expression: string, value: string | undefined][] = [
    ['method.request.path.proxy', 'a%2Fb/c'],
    ['method.request.path.other', undefined],
    ['method.request.querystring.one', '1'],
    ['method.request.querystring.many', 'z'],
    ['method.request.querystring.none', undefined],
    ['method.request.multivaluequerystring.many', 'x,y,z'],
    ['method.request.multivaluequerystring.none', undefined],
    ['method.request.header.X-Many', 'b'],
    ['method.request.header.x-many', 'lower'],
    ['method.request.header.X-MANY', undefined],
    ['method.request.multivalueheader.X-Many', 'a,b'],
    ['method.request.multivalueheader.None', undefined],
    ['method.request.body', '{"a":1}'],
    ['method.request.body.a', '1'],
    ['method.request.body.t', 'text'],
    ['method.request.body.yes', 'true'],
    ['method.request.body.b', '{"c":[1.5,"x"],"n":null}'],
    ['method.request.body.b.c[0]', '1.5'],
    ['method.request.body.b.n', undefined],
    ['method.request.body.nothing', undefined],
    ['integration.response.body.a', undefined],
    ['integration.response.header.Set-Cookie', 'd=2'],
    ['integration.response.multivalueheader.Set-Cookie', 'c=1,d=2'],
    ['integration.response.body', '{}'],
    ['stageVariables.url', 'example.com'],
    ['stageVariables.constructor', undefined],
    ['context.requestId', 'id-1'],
    ['context.identity.sourceIp', undefined],
    ["'static, text'", 'static, text'],
    ["''", ''],
    ["'it's'", "it's"],
  ]
  for (const [expression, value] of cases) {
    test(`gives ${JSON.stringify(value)} for ${expression}`, () => {
      assert.equal(evaluate(expression), value)
    })
  }

  test('gives nothing of a response before there is one', () => {
    const early = { ...sources, responseHeaders: undefined, responseBody: undefined }
    for (const text of ['integration.response.header.A', 'integration.response.body']) {
      const parsed = parseMappingExpression(text)
      assert.ok(parsed.outcome === 'parsed')
      assert.equal(evaluateMapping(parsed.value, early), undefined)
    }
  })

  test('reads only the source that is asked for', () => {
    const parsed = parseMappingExpression('stageVariables.url')
    assert.ok(parsed.outcome === 'parsed')
    const lazy: MappingSources = Object.defineProperty({ ...sources }, 'queryParameters', {
      get: () => assert.fail('the query was read'),
    })
    assert.equal(evaluateMapping(parsed.value, lazy), 'example.com')
  })
})

describe('evaluateMappingValues()', () => {
  test('keeps the values of a repeated parameter apart', () => {
    const values = (text: string) => {
      const parsed = parseMappingExpression(text)
      return parsed.outcome === 'parsed' && evaluateMappingValues(parsed.value, sources)
    }
    assert.deepEqual(values('method.request.multivaluequerystring.many'), ['x', 'y', 'z'])
    assert.deepEqual(values('method.request.querystring.many'), ['z'])
    assert.deepEqual(values('method.request.querystring.none'), [])
  })
})

describe('parseMappingExpression()', () => {
  test('reads kind, name and path', () => {
    assert.deepEqual(parseMappingExpression('method.request.header.X.y$_-1'), {
      outcome: 'parsed',
      value: { kind: 'method.request.header', name: 'X.y$_-1' },
    })
    assert.deepEqual(parseMappingExpression("method.request.body.items[?(@.id == 'a b')]"), {
      outcome: 'parsed',
      value: { kind: 'method.request.body', jsonPath: "$.items[?(@.id == 'a b')]" },
    })
    assert.deepEqual(parseMappingExpression('context.authorizer.claims.email'), {
      outcome: 'parsed',
      value: { kind: 'context', name: 'authorizer.claims.email' },
    })
  })

  for (const text of [
    '',
    'true',
    "'",
    "'open",
    'method.request.header.',
    'method.request.header',
    'method.request.header.a b',
    'method.request.cookie.a',
    'method.request.body.',
    'method.request.bodyx',
    'stageVariables.',
    'stageVariablesX.a',
    '$context.requestId',
    'Method.request.path.x',
    ' method.request.path.x',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseMappingExpression(text), {
        outcome: 'invalid',
        detail: `Invalid mapping expression specified: ${text}`,
      })
    })
  }
})

describe('parseRequestTarget() and parseResponseTarget()', () => {
  test('read where a value goes', () => {
    assert.deepEqual(parseRequestTarget('integration.request.querystring.a.b'), {
      outcome: 'parsed',
      value: { location: 'querystring', name: 'a.b' },
    })
    assert.deepEqual(parseResponseTarget('method.response.header.Set-Cookie'), {
      outcome: 'parsed',
      value: 'Set-Cookie',
    })
    for (const text of ['integration.request.body.a', 'integration.request.header.', 'x']) {
      assert.equal(parseRequestTarget(text).outcome, 'invalid')
      assert.equal(parseResponseTarget(text).outcome, 'invalid')
    }
  })
})

describe('readBodyDocument()', () => {
  test('looks only at what begins like JSON', () => {
    for (const body of ['{', ' [1,', '"a', "'a'", '{"a":1}x']) {
      assert.equal(readBodyDocument(body).outcome, 'malformed')
    }
    for (const body of ['plain', '1']) assert.equal(readBodyDocument(body).outcome, 'none')
    for (const body of ['', '{}', ' [1] ', '"a"']) {
      assert.equal(readBodyDocument(body).outcome, 'document')
    }
  })
})
