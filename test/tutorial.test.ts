import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertShown, parseTutorial } from './support/tutorial.ts'

const page = '# Page\n\n```sh\none\n```\n\nProse.\n\n```json\n{}\n```\n\n```sh\ntwo\n```\n'
const step = (language: 'json' | 'text', content: string) => ({
  ...{ commands: 'x', line: 1 },
  shown: { language, content },
})

describe('parseTutorial()', () => {
  test('takes commands with what is shown behind them', () => {
    assert.deepEqual(parseTutorial(page), [
      { commands: 'one\n', line: 3, shown: { language: 'json', content: '{}\n' } },
      { commands: 'two\n', line: 13 },
    ])
  })

  test('refuses what no command prints', () => {
    assert.throws(() => parseTutorial('```text\nx\n```\n'), /line 1 shows what no step prints/)
  })
})

describe('assertShown()', () => {
  const same: readonly (readonly ['json' | 'text', string, string])[] = [
    ['json', '{"a":1}', '{"a":1,"b":2}'],
    ['json', '{"a":{"b":"…/x"}}', '{"a":{"b":"http://y/x","c":0}}'],
    ['json', '[{"a":1}]', '[{"a":1}]'],
    ['text', 'a…z\n', 'a to z\n'],
    ['text', '…\nlast\n', 'first\nsecond\nlast\n'],
  ]
  for (const [language, shown, printed] of same) {
    test(`takes ${printed} for ${shown}`, () => assertShown(step(language, shown), printed))
  }

  const different: readonly (readonly ['json' | 'text', string, string])[] = [
    ['json', '{"a":1}', '{"a":2}'],
    ['json', '{"a":1}', '{"b":1}'],
    ['json', '{"a":{}}', '{"a":1}'],
    ['json', '[1]', '[1,2]'],
    ['json', '{"a":"…x"}', '{"a":"y"}'],
    ['text', 'a', 'b'],
    ['text', 'a.c', 'abc'],
    ['text', 'a…z', 'a\nz'],
    ['text', 'a', 'a\nb'],
  ]
  for (const [language, shown, printed] of different) {
    test(`does not take ${printed} for ${shown}`, () => {
      assert.throws(() => assertShown(step(language, shown), printed), assert.AssertionError)
    })
  }
})
