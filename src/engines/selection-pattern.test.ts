import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileSelectionPattern } from './selection-pattern.ts'

function matches(pattern: string, selector: string): boolean {
  const compiled = compileSelectionPattern(pattern)
  assert.ok(compiled.outcome === 'compiled', `${pattern}: ${JSON.stringify(compiled)}`)
  return compiled.pattern.match(selector) === 'match'
}

describe('match()', () => {
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
    ['(?!2\\d\\d).*', '404', true],
    ['(?!2\\d\\d).*', '204', false],
    ['(.)\\1\\1', '555', true],
    ['\\d++0', '500', false],
    ['[a-z&&[^b]]', 'b', false],
    ['\\p{javaLetter}+', 'añ', true],
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
  test('leaves what RE2 means alike to RE2', () => {
    const engineOf = (text: string) => {
      const compiled = compileSelectionPattern(text)
      return compiled.outcome === 'compiled' ? compiled.pattern.engine : compiled.detail
    }
    for (const text of ['2\\d\\d', '(?i).*error.*', '[a-z&&[^b]]+', '^a|b$', '\\h*\\R']) {
      assert.equal(engineOf(text), 'linear', text)
    }
    for (const text of ['(?!a).', '(a)\\1', 'a++', '\\p{L}', 'a$\\n', '\\bx', '.{2000}']) {
      assert.equal(engineOf(text), 'bounded', text)
    }
  })

  const refused: readonly [pattern: string, detail: string][] = [
    ['(', 'Unclosed group at 1'],
    ['[a', 'Unclosed character class at 2'],
    ['*', "Dangling meta character '*' at 0"],
    ['ab)', "Unmatched closing ')' at 2"],
    ['a{2,1}', 'Illegal repetition range at 5'],
    ['\\q', 'Illegal/unsupported escape sequence at 1'],
    ['\\X', 'grapheme clusters (\\X) are not built at 1'],
    ['x'.repeat(4097), 'the pattern is longer than 4096 at 4096'],
    ['('.repeat(200), 'groups are nested too deep at 101'],
    ['['.repeat(200), 'character classes are nested too deep at 102'],
  ]
  for (const [pattern, detail] of refused) {
    test(`refuses ${pattern.slice(0, 20)} and says where`, () => {
      assert.deepEqual(compileSelectionPattern(pattern), { outcome: 'invalid', detail })
    })
  }

  test('compiles the largest patterns within a slice', () => {
    compileSelectionPattern('a')
    const apart = Array.from({ length: 4_000 }, (_, i) => String.fromCharCode(0x30_00 + 2 * i))
    const class4000 = `[${apart.join('')}]`
    const large = ['(a{1,99}b){9}'.repeat(2), 'x'.repeat(4096), '(?=a)'.repeat(800), class4000]
    for (const pattern of large) {
      const before = performance.now()
      assert.equal(compileSelectionPattern(pattern).outcome, 'compiled')
      assert.ok(performance.now() - before < 100, pattern.slice(0, 20))
    }
  })
})
