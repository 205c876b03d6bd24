import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controlStageClock, createStageClockMemory } from '../../adapters/node/stage-clock.ts'
import { createOperatorClock } from './operator-clock.ts'

function openClock() {
  const control = controlStageClock(createStageClockMemory())
  return { control, operator: createOperatorClock(control) }
}

describe('createOperatorClock()', () => {
  test('advances, stops and sets time, in one step where it is asked so', () => {
    const { control, operator } = openClock()
    operator.move('{"now":"2190-01-01T00:00:00Z","freeze":true}')
    assert.deepEqual(
      [operator.read().now, operator.read().frozen],
      ['2190-01-01T00:00:00.000Z', true],
    )
    operator.move('{"advance":"PT24H"}')
    operator.move('{"advanceMs":1}')
    const { now, frozen, aheadMs } = operator.read()
    assert.deepEqual([now, frozen], ['2190-01-02T00:00:00.001Z', true])
    assert.ok(aheadMs > 5e12 && Number.isInteger(aheadMs))
    operator.move('{"now":"2190-01-02T01:00:00+01:00"}')
    assert.equal(operator.read().now, '2190-01-02T00:00:00.001Z')
    assert.equal(operator.move('{"freeze":false,"advanceMs":0.5}').outcome, 'moved')
    assert.equal(control.isFrozen(), false)
  })

  const refused: readonly [text: string, reason: RegExp][] = [
    ['', /expected a JSON object/],
    ['[]', /expected a JSON object/],
    ['{}', /expected a JSON object/],
    ['{"advance":"PT1S","advanceMs":1}', /expected a JSON object/],
    ['{"advance":"PT1S","by":1}', /expected a JSON object/],
    ['{"freeze":"true"}', /expected a JSON object/],
    ['{"advance":"P1M"}', /advance: expected weeks/],
    ['{"advance":24}', /advance: expected weeks/],
    ['{"advanceMs":"24"}', /advanceMs: expected a number/],
    ['{"advanceMs":-1}', /never goes back/],
    ['{"now":"2026-01-01T00:00:00Z"}', /never goes back/],
    ['{"now":"2026-12-01T00:00:00"}', /now: expected a time/],
    ['{"now":"tomorrow"}', /now: expected a time/],
    ['{"now":"2190-13-01T00:00:00Z"}', /now: expected a time/],
    ['{"now":"2200-01-01T00:00:00Z"}', /ends with the year 2199/],
    ['{"advanceMs":1e300}', /ends with the year 2199/],
  ]
  for (const [text, reason] of refused) {
    test(`refuses ${text || 'nothing'}, and moves nothing`, () => {
      const { control, operator } = openClock()
      control.advance(Date.UTC(2100, 0, 1) - control.clock.nowMs())
      control.setFrozen(true)
      const before = operator.read().now
      const moved = operator.move(text)
      assert.ok(moved.outcome === 'refused')
      assert.match(moved.reason, reason)
      assert.deepEqual([operator.read().now, operator.read().frozen], [before, true])
    })
  }
})
