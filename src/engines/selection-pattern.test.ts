import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileSelectionPattern } from './selection-pattern.ts'

function matches(pattern: string, selector: string): boolean {
  const compiled = compileSelectionPattern(pattern)
  assert.ok(compiled.outcome === 'compiled', `${pattern}: ${JSON.stringify(compiled)}`)
  return compiled.pattern.matches(selector)
}

describe('matches()', () => {
  const cases: readonly [pattern: string, selector: string, isMatch: boolean][] = [
    ['200', '200', true],
    ['200', '2001', false],
    ['20', '200', false],
    ['5\\d{2}', '503', true],
    ['4\\d\\d|5\\d\\d', '404', true],
    ['[45]\\d{2}', '302', false],
    ['.*error.*', 'an error here', true],
    ['.*Error.*', 'an error here', false],
    ['(?i).*ERROR.*', 'an error here', true],
    ['.+', '', false],
    ['.*', '', true],
    ['.*', 'two\nlines', false],
    ['(\\n|.)*', 'two\nlines', true],
    ['(?s).*', 'two\nlines', true],
    ['a|ab', 'ab', true],
    ['^abc$', 'abc', true],
    ['\\Q[a]&&\\E', '[a]&&', true],
    ['[\\[\\]&]+', '[&]', true],
    ['[]a]+', ']a', true],
    ['[^]]+', 'abc', true],
    ['\\{"code":\\s*40\\d.*\\}', '{"code": 404}', true],
    ['(?<code>4\\d\\d)', '404', true],
  ]
  for (const [pattern, selector, isMatch] of cases) {
    test(`${isMatch ? 'takes' : 'refuses'} ${JSON.stringify(selector)} with ${pattern}`, () => {
      assert.equal(matches(pattern, selector), isMatch)
    })
  }

  test('takes time in proportion to the text', () => {
    const text = 'a'.repeat(50_000)
    const before = performance.now()
    assert.equal(matches('(a*)*b', text), false)
    assert.equal(matches('(a|a)*b', text), false)
    assert.equal(matches('(.*a){12}c', text), false)
    assert.ok(performance.now() - before < 2000)
  })
})

describe('compileSelectionPattern()', () => {
  for (const pattern of [
    '(',
    '[',
    '*',
    'a)',
    '(?=a)a',
    '(?!a)b',
    '(?<=a)b',
    '(a)\\1',
    '\\k<a>',
    'a++',
    '(?>a)b',
    '\\p{javaLowerCase}',
    'a{1001}',
    '((a{1,100}){10}b){1}'.repeat(3),
    '(((a{20}){20}){20})',
    'x'.repeat(3000),
    '[a-z&&[^b]]',
    '[a[bc]]',
    '[a-z&&b]',
  ]) {
    test(`refuses ${pattern.slice(0, 40)} with a reason, soon`, () => {
      const before = performance.now()
      const compiled = compileSelectionPattern(pattern)
      assert.ok(compiled.outcome === 'invalid' && compiled.detail.length > 5)
      assert.ok(performance.now() - before < 100)
    })
  }

  test('compiles the largest that it takes within a slice', () => {
    compileSelectionPattern('a')
    const before = performance.now()
    assert.equal(compileSelectionPattern('(a{1,99}b){9}'.repeat(2)).outcome, 'compiled')
    assert.ok(performance.now() - before < 100)
  })
})
