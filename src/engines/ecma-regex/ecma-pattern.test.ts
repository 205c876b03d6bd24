import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileEcmaPattern, type EcmaPattern, isEcmaPattern } from './ecma-pattern.ts'

function compiled(text: string): EcmaPattern {
  const result = compileEcmaPattern(text)
  assert.ok(result.outcome === 'compiled', text)
  return result.pattern
}

describe('compileEcmaPattern()', () => {
  test('agrees with JavaScript on patterns of ECMAScript 5', () => {
    const patterns = [
      ...['^a+b?$', 'a|^b|c$', '(a|b)*c', '[^a-c]', '\\bcat\\b', '(.)\\1', '(?=a)..', '^(?!a)'],
      ...[
        '\\s\\S',
        '[\\w-]+',
        'a{2,3}?',
        '(?:)',
        '^.$',
        '(x)?\\1y',
        '[\\b]',
        '\\B',
        '^[^]$',
        '\\.',
      ],
    ]
    const texts = [
      '',
      'a',
      'aab',
      'abc',
      'cat',
      'a cat!',
      'xxy',
      'y',
      '\n',
      '\u2028',
      '\b',
      'é',
      '😀',
      'a.',
    ]
    for (const pattern of patterns) {
      for (const text of texts) {
        const expected = new RegExp(pattern).test(text) ? 'match' : 'no-match'
        assert.equal(compiled(pattern).search(text).verdict, expected, `${pattern} on ${text}`)
      }
    }
  })

  test('gives what RE2 can search to RE2', () => {
    assert.equal(compiled('^[a-z]+@[a-z]+$').engine, 'linear')
    assert.equal(compiled('a|b$').engine, 'linear')
    assert.equal(compiled('(?=a)b').engine, 'bounded')
  })

  test('stops a search that would not end', () => {
    const { verdict, steps } = compiled('^(?!x)(a*)*b').search('a'.repeat(40))
    assert.equal(verdict, 'exceeded')
    assert.ok(steps <= 100_000)
    assert.equal(compiled('^(a+)+$').search(`${'a'.repeat(100_000)}b`).verdict, 'no-match')
    assert.equal(compiled('a').search('b'.repeat(500_001)).verdict, 'exceeded')
  })

  test('refuses what ECMAScript 5 has not, and what is too large', () => {
    const refused = [
      '(?<=a)b',
      '(?<n>a)',
      '(?i)a',
      'a++',
      '*',
      '(',
      ')',
      '[',
      'a{2,1}',
      '\\',
      '[z-a]',
    ]
    for (const pattern of [...refused, '('.repeat(200), 'a'.repeat(5_000)]) {
      assert.equal(compileEcmaPattern(pattern).outcome, 'invalid', pattern.slice(0, 20))
    }
  })
})

test('isEcmaPattern() knows patterns without compiling them', () => {
  assert.equal(isEcmaPattern('a**'), false)
  assert.equal(isEcmaPattern('(?:a{1000}){1000}'), true)
})
