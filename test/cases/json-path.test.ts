import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPathCorpus, verdictText } from '../../scripts/differential/json-path-corpus.ts'
import { ownVerdict } from '../../scripts/differential/own-json-path.ts'

/** What Jayway JsonPath said; `npm run test:differential` wrote it. */
const corpus = readPathCorpus()

test('the corpus is large', () => {
  const count = corpus.values().reduce((sum, { cases }) => sum + cases.length, 0)
  assert.ok(count >= 300, `${count}`)
})

describe('a recorded path', () => {
  for (const [file, { behaviour, document, cases }] of corpus) {
    test(behaviour, () => {
      for (const [path, jayway, own = jayway] of cases) {
        assert.equal(verdictText(ownVerdict({ path, json: document })), own, `${file}: ${path}`)
      }
    })
  }
})

test('a verdict that is not Jayway’s is recorded with the departures alone', () => {
  const departing = corpus.entries().filter(([, { cases }]) => cases.some((row) => row.length > 2))
  assert.deepEqual([...departing].map(([file]) => file), ['departures.json'])
})
