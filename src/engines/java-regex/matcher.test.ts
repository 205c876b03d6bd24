import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { generateCases } from '../../../scripts/java-regex-cases.ts'
import { matchWhole, type MatchVerdict } from './matcher.ts'
import { parsePattern } from './parse-pattern.ts'
import { compileProgram } from './program.ts'
import { JavaRegexError } from './syntax-tree.ts'

function match(pattern: string, text: string, stepsMax = 10_000): MatchVerdict | 'error' {
  try {
    return matchWhole(compileProgram(parsePattern(pattern)), text, stepsMax)
  } catch (error) {
    if (error instanceof JavaRegexError) return 'error'
    throw error
  }
}

describe('matchWhole()', () => {
  for (const pattern of ['(a*)*b', '(a|a)*b', '(?:a|aa)*c', '(.*a){12}c', '(?=(a+)+b)a*']) {
    test(`gives up on ${pattern} soon`, () => {
      const before = performance.now()
      assert.equal(match(pattern, 'a'.repeat(5_000)), 'exceeded')
      assert.ok(performance.now() - before < 200)
    })
  }

  test('counts a set of many properties as many steps', () => {
    const pattern = `[${'\\p{Lu}\\d'.repeat(200)}]*+`
    assert.equal(match(pattern, 'a'.repeat(100), 10_000), 'no-match')
    assert.equal(match(pattern, 'A1'.repeat(100), 10_000), 'exceeded')
  })

  test('needs no more depth for a longer text', () => {
    assert.equal(match('(?:a|b)*', 'ab'.repeat(100_000), 2_000_000), 'match')
  })

  test('of any pattern and text, ends within its steps and never throws', () => {
    const pieces = fc.constantFrom(...'ab(|)[]{}*+?^$.-,1\\'.split(''), '(?=', '(?<!', '(?>', '&&')
    const patterns = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(patterns, fc.string(), fc.nat(300), (pattern, text, stepsMax) => {
        const before = performance.now()
        match(pattern, text, stepsMax)
        assert.ok(performance.now() - before < 500)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of generated patterns, says the same with more steps unless it gave up', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const random = (below: number) => Number(numbers.next().value) % below
        const [generated] = generateCases(1, random)
        assert.ok(generated)
        const few = match(generated.pattern, generated.text, 200)
        const many = match(generated.pattern, generated.text, 100_000)
        assert.ok(few === 'exceeded' || few === many, generated.pattern)
      }),
      { numRuns: 500 },
    )
  })
})
