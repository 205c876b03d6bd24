import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generateCases, handwrittenCases, type RegexCase } from './java-regex-cases.ts'

/**
 * Asks an installed Java (17 or later) what `String.matches` says and writes the answers to
 * test/cases/java-regex/corpus.json. Only for who changes the cases: the tests replay the file.
 */

/** What Java says of a case: whether the whole text matches, or that the pattern is none. */
export type JavaVerdict = 'match' | 'no-match' | 'error'

const verdicts: Readonly<Record<string, JavaVerdict>> = {
  true: 'match',
  false: 'no-match',
  error: 'error',
}

/** Java's verdicts, in the order of the cases; undefined where Java itself failed. */
export function askJava(cases: readonly RegexCase[]): readonly (JavaVerdict | undefined)[] {
  const program = fileURLToPath(new URL('JavaVerdicts.java', import.meta.url))
  const input = cases.map(({ pattern, text }) => `${units(pattern)} ${units(text)}\n`).join('')
  const output = execFileSync('java', [program], { input, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => verdicts[line])
}

function units(text: string): string {
  return Array.from({ length: text.length }, (_, index) =>
    text.charCodeAt(index).toString(16).padStart(4, '0'),
  ).join('')
}

/** Whole numbers out of a seed (mulberry32): the corpus stays the same. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

if (import.meta.main) {
  const cases = [...handwrittenCases, ...generateCases(600, seededNumbers(17))]
  const answers = askJava(cases)
  const rows = cases.flatMap(({ pattern, text }, index) => {
    const verdict = answers[index]
    return verdict === undefined ? [] : [[pattern, text, verdict]]
  })
  const path = new URL('../test/cases/java-regex/corpus.json', import.meta.url)
  writeFileSync(path, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
}
