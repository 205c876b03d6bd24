import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryTrace } from './trace.ts'

describe('MemoryTrace', () => {
  test('keeps the phases of a request in their order', () => {
    const trace = new MemoryTrace()
    trace.phase('r1', 'matchResource', 0.1)
    trace.phase('r2', 'matchResource', 0.2)
    trace.phase('r1', 'invokeIntegration', 12)
    assert.deepEqual(trace.findRequest('r1'), [
      { phase: 'matchResource', durationMs: 0.1 },
      { phase: 'invokeIntegration', durationMs: 12 },
    ])
    assert.equal(trace.findRequest('r3'), undefined)
  })

  test('is bounded in requests and in phases', () => {
    const trace = new MemoryTrace({ requestsMax: 2, phasesMax: 3 })
    for (const id of ['r1', 'r2', 'r3']) {
      for (let i = 0; i < 5; i += 1) trace.phase(id, `phase${i}`, i)
    }
    assert.equal(trace.findRequest('r1'), undefined)
    assert.equal(trace.findRequest('r2')?.length, 3)
    assert.equal(trace.findRequest('r3')?.length, 3)
  })
})
