import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiDefinitionOf, hashOf, largeApi } from '../../test/support/api-definition.ts'
import type { Clock } from '../ports/clock.ts'
import { encodeDefinition } from '../snapshot/definition-codec.ts'
import { compileSliced, sliceMs } from './compile-sliced.ts'

/** A clock on which each look takes `stepMs`: the compiler looks once for each resource. */
function tickingClock(stepMs: number): Clock {
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    monotonicMs: () => (nowMs += stepMs),
    sleep: () => Promise.resolve(),
  }
}

async function turnsGiven(resources: number, stepMs: number): Promise<number> {
  let turns = 0
  const yieldToOthers = () => {
    turns++
    return Promise.resolve()
  }
  const bytes = encodeDefinition(largeApi(resources))
  const slicing = { clock: tickingClock(stepMs), yieldToOthers }
  const deployment = await compileSliced(bytes, hashOf('a'), slicing)
  assert.equal([...deployment.router.entries()].length, resources)
  return turns
}

describe('compileSliced()', () => {
  test('gives the others a turn after each slice', async () => {
    assert.equal(await turnsGiven(10_000, 1), Math.floor(10_000 / sliceMs))
    assert.equal(await turnsGiven(100, sliceMs), 100)
    assert.equal(await turnsGiven(100, sliceMs / 200), 0)
  })

  test('lets what happens in a turn happen before it goes on', async () => {
    const seen: string[] = []
    const yieldToOthers = () =>
      new Promise<void>((resolve) => {
        setImmediate(() => {
          seen.push('other')
          resolve()
        })
      })
    const bytes = encodeDefinition(largeApi(3))
    const compiling = compileSliced(bytes, hashOf('a'), { clock: tickingClock(100), yieldToOthers })
    seen.push('caller')
    await compiling
    assert.deepEqual(seen, ['caller', 'other', 'other', 'other'])
  })

  test('rejects with what is wrong with the bytes', async () => {
    const good = encodeDefinition(apiDefinitionOf({ methods: { 'GET /': { integration: {} } } }))
    const slicing = { clock: tickingClock(100), yieldToOthers: () => Promise.resolve() }
    await assert.rejects(compileSliced(good.subarray(1), hashOf('a'), slicing), {
      name: 'DefinitionFormatError',
    })
  })
})
