import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { matchWhole } from '../../src/engines/java-regex/matcher.ts'
import { parsePattern } from '../../src/engines/java-regex/parse-pattern.ts'
import { compileProgram } from '../../src/engines/java-regex/program.ts'
import { compileSelectionPattern, stepsMax } from '../../src/engines/selection-pattern.ts'

/** What Java 17 said of each pattern and text (`String.matches`); scripts/record-java-regex.ts wrote it. */
type Recorded = readonly [pattern: string, text: string, verdict: 'match' | 'no-match' | 'error']

const corpus = JSON.parse(
  readFileSync(new URL('java-regex/corpus.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

test('the corpus is large', () => assert.ok(corpus.length >= 1_000, `${corpus.length}`))

test('every recorded pattern and text is judged as Java does', () => {
  for (const [pattern, text, verdict] of corpus) {
    const compiled = compileSelectionPattern(pattern)
    const own = compiled.outcome === 'compiled' ? compiled.pattern.match(text) : 'error'
    assert.equal(own, verdict, `${pattern} on ${JSON.stringify(text)}`)
  }
})

test('the bounded matcher alone agrees on what RE2 takes from it', () => {
  let count = 0
  for (const [pattern, text, verdict] of corpus) {
    const compiled = compileSelectionPattern(pattern)
    if (compiled.outcome !== 'compiled' || compiled.pattern.engine !== 'linear') continue
    count += 1
    const own = matchWhole(compileProgram(parsePattern(pattern)), text, stepsMax)
    assert.equal(own, verdict, `${pattern} on ${JSON.stringify(text)}`)
  }
  assert.ok(count >= 300, `${count}`)
})
