import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileJsonPath } from '../json-path/compile-json-path.ts'
import { compileMappingTemplate, type MappingInput, VtlError } from './index.ts'

function render(template: string, input: Partial<MappingInput> = {}) {
  return compileMappingTemplate(template, { compileJsonPath }).render({
    body: '',
    params: { path: {}, querystring: {}, header: {} },
    context: {},
    stageVariables: {},
    ...input,
  })
}

function output(template: string, body: string): string {
  return render(template, { body }).output
}

describe('$input', () => {
  const body =
    '{"a": {"foo": "bar"}, "l": [{"foo": "bar"}], "m": {"foo": [{"nested": "bar"}]}, "e": [], "n": null, "two": {"bigger": "dict", "to": "test"}}'
  const cases: readonly (readonly [string, string, string])[] = [
    ['$input.body', body, body],
    ['$input.body', '', '{}'],
    ['[$input.body.a]', body, '[]'],
    ["$input.json('$.a')", body, '{"foo":"bar"}'],
    ["$input.json('$.none')", body, '""'],
    [
      "$input.json('$')",
      '{"b": 1.0, "10": 12345678901234567890}',
      '{"b":1.0,"10":12345678901234567890}',
    ],
    ["$input.json('$.e')", '{"e": "a/\\u20ac\\u0085"}', String.raw`"a/\u20AC\u0085"`],
    [
      "#set($x = $input.path('$'))#set($x.added = 1)$input.json('$')",
      '{"a": 2}',
      '{"a":2,"added":1}',
    ],
    ["$input.path('$.a')", body, '{foo=bar}'],
    ["$input.path('$.two')", body, '{bigger=dict, to=test}'],
    ["$input.path('$.l')", body, '[{"foo":"bar"}]'],
    ["$input.path('$.m')", body, '{foo=[{"nested":"bar"}]}'],
    ["$input.path('$.m').toString()", body, '{foo=[{"nested":"bar"}]}'],
    ["#set($l = $input.path('$.l'))$l[0]", body, '{foo=bar}'],
    ["#set($r = $input.path('$.none'))[$r][$r.nested]", body, '[][]'],
    [
      '#set($r = $input.path(\'$.none\'))#if($r == $null)null#end#if($r == "")empty#end',
      body,
      'nullempty',
    ],
    [
      '#set($r = $input.path(\'$.n\'))[$r]#if($r == $null)null#end#if($r == "")empty#end',
      body,
      '[]nullempty',
    ],
    [
      '#set($r = $input.path(\'$.e\'))[$r]#if($r == $null)null#end#if($r == "")empty#end',
      body,
      '[[]]',
    ],
    ['[$input.nope][$input.nope()][$context.nope][$stageVariables.nope]', body, '[][][][]'],
    ['$unknown', body, '$unknown'],
    ['[$input.params("x")]', body, '[]'],
  ]
  for (const [template, given, expected] of cases) {
    test(`${template} of ${given.slice(0, 10)}`, () =>
      assert.equal(output(template, given), expected))
  }

  test('params() looks into the path, the query string and the headers, in this order', () => {
    const params = {
      path: { a: '1' },
      querystring: { a: '2', b: '3' },
      header: { b: '4', 'X-C': '5' },
    }
    const template =
      '$input.params("a") $input.params("b") $input.params("x-c") $input.params().get("header").get("X-C") $input.params().keySet()'
    assert.equal(render(template, { params }).output, '1 3 5 5 [path, querystring, header]')
  })

  test('a payload that is no JSON fails where it is read', () => {
    const template = '\n  $input.json("$")'
    assert.throws(
      () => output(template, '{'),
      (error) =>
        error instanceof VtlError && error.position.line === 2 && error.position.column === 3,
    )
  })
})

describe('$util', () => {
  const cases: readonly (readonly [string, string])[] = [
    [`$util.escapeJavaScript("it's ""a""/b")`, `it\\'s \\"a\\"\\/b`],
    ['$util.escapeJavaScript("é")', '\\u00E9'],
    [`$util.urlEncode('{"some": "value"}')`, '%7B%22some%22%3A+%22value%22%7D'],
    ["$util.urlEncode('é~*')", '%C3%A9%7E*'],
    ["$util.urlDecode('a+b%20%C3%A9')", 'a b é'],
    ["$util.base64Encode('é')", 'w6k='],
    ["$util.base64Decode('w6k=')", 'é'],
    [`$util.parseJson('{"a": [1, {"b": 2}]}').a[1].b`, '2'],
    ['[$util.urlEncode($input.body.x)]', '[]'],
  ]
  for (const [template, expected] of cases) {
    test(template, () => assert.equal(output(template, '{}'), expected))
  }
})

describe('overrides', () => {
  test('are what the template set, in every notation', () => {
    const { overrides } = render(
      `#set($context.requestOverride.header.a = "1")#set($context.requestOverride.path["b"] = 2)
$context.requestOverride.querystring.put("c", "3")#set($context.responseOverride.status = 444)`,
    )
    assert.deepEqual(overrides, {
      requestOverride: { header: { a: '1' }, path: { b: 2 }, querystring: { c: '3' } },
      responseOverride: { header: {}, status: 444 },
    })
  })

  test('of the request can be read by the template of the response', () => {
    const first = render('#set($context.responseOverride.custom = "kept")')
    assert.equal(
      render('$context.responseOverride.custom', { overrides: first.overrides }).output,
      'kept',
    )
  })

  test('are set once in a template, a header whatever its case', () => {
    const twice: readonly string[] = [
      '#set($context.responseOverride.status = 201)#set($context.responseOverride.status = 202)',
      '#set($context.requestOverride.header.a = 1)#set($context.requestOverride.header["A"] = 2)',
      '#set($context.requestOverride.path.a = 1)$context.requestOverride.path.put("a", 2)',
    ]
    for (const template of twice) assert.throws(() => render(template), /overridden a second time/)
    const other =
      '#set($context.requestOverride.path.a = 1)#set($context.requestOverride.path.A = 2)'
    const first = render(other)
    assert.deepEqual(render(other, { overrides: first.overrides }).overrides, first.overrides)
  })

  test('of an earlier template are kept by one that does not look at them', () => {
    const { overrides } = render('#set($context.responseOverride.status = 201)')
    assert.equal(render('constant', { overrides }).overrides, overrides)
  })
})

test('#parse and #include are refused with their place', () => {
  for (const directive of ['#parse("x")', '#include("x")']) {
    assert.throws(
      () => render(`a\n ${directive}`),
      (error) => error instanceof VtlError && error.kind === 'refused' && error.position.line === 2,
    )
  }
})
