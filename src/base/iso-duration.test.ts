import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseIsoDuration } from './iso-duration.ts'

describe('parseIsoDuration()', () => {
  const cases: readonly [text: string, durationMs: number | undefined][] = [
    ['PT24H', 86_400_000],
    ['P1D', 86_400_000],
    ['P2W', 1_209_600_000],
    ['P31DT1H2M3.004S', 31 * 86_400_000 + 3_723_004],
    ['PT0S', 0],
    ['PT0.5S', 500],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['P1M', undefined],
    ['P1Y', undefined],
    ['-PT1S', undefined],
    ['PT-1S', undefined],
    ['24h', undefined],
    ['', undefined],
  ]
  for (const [text, durationMs] of cases) {
    test(`reads ${text || 'nothing'} as ${durationMs}`, () => {
      assert.equal(parseIsoDuration(text), durationMs)
    })
  }
})
